"""The city's rulings: what was entered, whether it holds, what it does to the points."""
