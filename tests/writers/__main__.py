"""Print the table of docs/writers.md: PYTHONPATH=tests python -m writers."""

from writers import trial

_HEAD = "| client | format | way | 108 answers | findings added | stamp whole in |\n|---|---|---|---|---|---|"
SEED = 1


def main() -> None:
    print(_HEAD)
    for one in trial.trials():
        reason = one.module.unavailable()
        print(f"| {one.client} | {one.format} | {one.way} | not tried: {reason} |" if reason else trial.row(one, SEED))


if __name__ == "__main__":
    main()
