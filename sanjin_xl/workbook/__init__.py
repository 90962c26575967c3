"""Bytes → Book: a returned file as sheets of values and facts; nothing here knows of any form.

No library reads a stranger's workbook safely, so three readers share an .xlsx. A cell may be written

    <c r="E6" t="s"><v>17</v></c>            as all programs write it: read by the fast path (`cells`)
    <c t="s" r="E6"><v>17</v></c>            oddly, but clearly: checked the exact way (`worksheet`), read by calamine
    <c r="E6" t="s"><v>17</v><v>3</v></c>    with two values, of which readers show different ones: refused

The fast path reads cells while it checks them, and most returns need no other. The exact path goes through all of a
sheet by expat, for what has two meanings or no bound; where it finds nothing, python-calamine reads the values. The
tests hold the fast path against it, and our readers of .xls, .xlsb and .ods, which read those formats alone.
"""
