"""`python -m sanjin_xl` is `sanjin-xl`."""

from sanjin_xl.cli import main

if __name__ == "__main__":
    main()
