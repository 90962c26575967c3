"""Returned workbooks damaged on purpose, each with what its answers truly are.

damage(filled(seed), [mutators…], random) → the workbook's bytes and the truth. A mutator changes a real filled workbook
the way a spreadsheet, a converter or a person does it, and says itself what every answer is after that; the package
under test has no part in it.
"""
