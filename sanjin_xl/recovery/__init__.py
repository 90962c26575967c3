"""Book → answers: where the form's table, columns and rows are, what was typed, and what was done to it."""
