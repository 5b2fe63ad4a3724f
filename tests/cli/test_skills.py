"""Skills at the command line."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run, refused

HERE = ("--programme", "spring")


def listed(spring: Run) -> list[str]:
    return spring("skill", "list", *HERE).stdout.splitlines()


def test_skills_are_added_renamed_grouped_and_merged(spring: Run) -> None:
    assert "no skills yet" in listed(spring)[0]
    assert spring("skill", "add", "reactjs", *HERE).exit_code == 0
    assert "There is “reactjs” already" in refused(spring("skill", "add", "React-JS", *HERE))
    assert spring("skill", "add", "React-JS", "--anyway", *HERE).exit_code == 0
    spring("skill", "rename", "reactjs", "React", *HERE)
    spring("skill", "group", "React", "Web", *HERE)
    spring("skill", "alias", "React", "react.js", *HERE)
    for _ in range(2):
        assert spring("skill", "merge", "React-JS", "react.js", *HERE).exit_code == 0
    assert listed(spring) == ["React (also: reactjs, react.js, React-JS) [Web]: 0"]
    assert "no skill “Raect”. Did you mean “React”?" in refused(spring("skill", "delete", "Raect", *HERE))
    assert spring("skill", "delete", "reactjs", *HERE).exit_code == 0


def test_a_file_of_skills_is_taken_once(spring: Run, tmp_path: Path) -> None:
    spring("skill", "add", "reactjs", *HERE)
    file = tmp_path / "skills.csv"
    file.write_text("Name,Aliases,Skillset\nReact,reactjs|React.js,Web\nSQL,,\n")
    dry = spring("import", "skills", str(file), *HERE, "--dry-run")
    assert dry.stdout == "Skills: 1 new, 1 changed, 0 unchanged; nothing was written (dry run).\n"
    assert listed(spring) == ["reactjs: 0"]
    assert spring("import", "skills", str(file), *HERE).stdout == "Skills: 1 new, 1 changed, 0 unchanged.\n"
    assert listed(spring) == ["React (also: reactjs, React.js) [Web]: 0", "SQL: 0"]
    assert spring("import", "skills", str(file), *HERE).stdout == "Skills: 0 new, 0 changed, 2 unchanged.\n"
    file.write_text("name,aliases\nCooking,\nReact,SQL\n,x\n")
    bad = spring("import", "skills", str(file), *HERE)
    assert bad.exit_code == 1
    assert "line 3, aliases: “React” and “SQL” are different skills here." in bad.stderr
    assert "line 4, name: A name is one line" in bad.stderr
    assert len(listed(spring)) == 2
