"""What is asked, of whom, by what rules, and what was answered: data and nothing else."""
