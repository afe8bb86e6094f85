"""`make checkov`: what is found, by check, and why it stays; what nothing answers."""

# ruff: noqa: T201 - a program
from __future__ import annotations

from fnmatch import fnmatchcase

from tests.checked import judged
from tests.checked.answers import faults, read


def main() -> None:
    plans = judged.planned()
    said = judged.ask(plans)
    resources = sum(1 for _ in judged.resources(plans))
    print(f"{len(plans)} stacks, {resources} resources: {said.passed} checks of checkov's passed")
    for found, file in ((said.checkov, "answers.yaml"), (said.parliament, "policies.yaml")):
        answers = read(file)
        for answer in answers:
            print()
            print(answer.because.strip())
            for check, places_of in answer.found.items():
                here = (each for each in found if each.check == check)
                places = [each for each in here if any(fnmatchcase(each.place, place) for place in places_of)]
                print(f"  {check:26} {len(places):5}  {places[0].name if places else ''}")
        left = faults(found, answers)
        print(f"\n{file}: {len(found)} findings, {len(answers)} answers, {len(left)} not answered or not needed")
        print("\n".join(left))


if __name__ == "__main__":
    main()
