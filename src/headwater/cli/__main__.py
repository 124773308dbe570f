"""`python -m headwater.cli`, which is how the supervisor starts the programs of the process tree."""

from headwater.cli.main import main

if __name__ == "__main__":
    main()
