"""What the command line has besides its commands: how it is called, what it prints, and the terminal."""
