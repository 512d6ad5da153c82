"""`python -m xlauto` is the command line."""

from xlauto.cli import main

if __name__ == "__main__":
    main()
