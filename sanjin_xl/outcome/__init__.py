"""Outcomes and rulings → the results of a round."""
