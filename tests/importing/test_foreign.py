"""Files as forms and exports write them go in by options alone, as they are."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from xml.sax.saxutils import escape

import pytest

from tests.importing.files import problems, read

MS_FORMS = (
    "\ufeffID,Start time,Email,Name,First Name,Last Name,Email address,"
    '"Which topics?\n(several)",Comments.\r\n'
    "1,10/12/2027 7:30,anonymous,,Sara,Example,sara@example.org,"
    '"Career ;Soft skills: talking, listening etc. ;Networking;",None\r\n'
)
GOOGLE = (
    "Timestamp,Email Address,What is your name?,Your skills [Python],Your skills [SQL],Languages\n"
    '2027/01/02,kim@example.org,Kim Lee,4 - expert,Not at all,"English, German (B2)"\n'
)
HR = (
    "Export vom 01.02.2027;;;;\r\n\r\nVorname;Nachname;E-Mail-Adresse;Land;Abteilung\r\n"
    "Jürgen;Müller;mailto:juergen.mueller@example.org;Österreich;Straßenbau\r\n"
    ";;;;\r\nGesamt;1;;;\r\n"
)
ROWS = (
    "Mail,Full name,Role,Skill,Level\n"
    "ann@example.org,Ann Fox,Mentor,Python,Advanced (4)\n"
    "bob@example.org,Bob Roe,mentee,,\n"
    "ann@example.org,Ann Fox,Mentor,SQL,Expert\n"
)
LISTS = 'email,name,roles,skills,targets\na@b.de,A,Mentor/in,"• Python (3)\n• C++","1. Go; 2. R - Expert"\n'
SURVEY = (
    "Respondent ID,Your e-mail,Your name,Which topics?,,Bio\n"
    ",Response,Response,Career,Technology,Open-Ended Response\n"
    "1,kim@example.org,Kim,,Technology,Hello\n"
)


@pytest.mark.parametrize(
    ("content", "options", "expected"),
    [
        (
            MS_FORMS,
            {"mapping": {"Which topics? (several)": "preferences"}, "defaults": {"roles": "mentor"}},
            [
                {
                    "email": "sara@example.org",
                    "name": "Sara Example",
                    "roles": ("mentor",),
                    "preferences": ("Career", "Soft skills: talking, listening etc.", "Networking"),
                }
            ],
        ),
        (
            GOOGLE,
            {
                "mapping": {"What is your name?": "name", "Your skills": "skills"},
                "defaults": {"roles": "mentee", "time_zone": "Europe/Berlin"},
                "levels": {"Not at all": 0},
            },
            [
                {
                    "email": "kim@example.org",
                    "name": "Kim Lee",
                    "roles": ("mentee",),
                    "skills": {"python": 4},
                    "languages": ("en", "de"),
                    "time_zone": "Europe/Berlin",
                }
            ],
        ),
        *(
            (
                f"{mark}{HR}".encode(encoding),
                {"defaults": {"roles": "mentor"}, "encoding": stated},
                [
                    {
                        "email": "juergen.mueller@example.org",
                        "name": "Jürgen Müller",
                        "roles": ("mentor",),
                        "country": "AT",
                        "unit": "Straßenbau",
                    }
                ],
            )
            for encoding, stated, mark in (
                ("cp1252", "", ""),
                ("cp1252", "cp1252", ""),
                ("utf-16", "", ""),
                ("utf-16-le", "", ""),
                ("utf-16-be", "", "\ufeff"),
                ("mac-roman", "mac-roman", ""),
                ("utf-8", "", "sep=;\r\n"),
            )
        ),
        (
            ROWS,
            {"one_row_per_skill": True, "levels": {"Expert": 5}},
            [
                {
                    "email": "ann@example.org",
                    "name": "Ann Fox",
                    "roles": ("mentor",),
                    "skills": {"python": 4, "sql": 5},
                },
                {"email": "bob@example.org", "name": "Bob Roe", "roles": ("mentee",)},
            ],
        ),
        (
            SURVEY,
            {
                "mapping": {"Which topics?": "preferences", "Your e-mail": "email"},
                "defaults": {"roles": "mentee"},
                "ignore_rest": True,
            },
            [
                {
                    "email": "kim@example.org",
                    "name": "Kim",
                    "roles": ("mentee",),
                    "preferences": ("Technology",),
                }
            ],
        ),
        (
            LISTS,
            {"level_default": 2, "levels": {"expert": 5}},
            [
                {
                    "email": "a@b.de",
                    "name": "A",
                    "roles": ("mentor",),
                    "skills": {"python": 3, "c++": 2},
                    "targets": {"go": 2, "r": 5},
                }
            ],
        ),
        (
            'email,name,roles\na@b.de,A,mentee\n"Ann <A@b.de>",Ann,mentor\n',
            {"repeated": "last"},
            [{"email": "a@b.de", "name": "Ann", "roles": ("mentor",)}],
        ),
    ],
)
def test_a_foreign_file_goes_in_as_it_is(
    content: str | bytes, options: dict[str, Any], expected: list[dict[str, Any]]
) -> None:
    records, report = read(content, **options)
    assert [str(problem) for problem in report.problems] == []
    found = [
        {
            name: value
            for name in one.__slots__
            if name not in ("line", "defaulted") and (value := getattr(one, name)) not in (None, {}, ())
        }
        for one in records
    ]
    assert found == expected


def test_a_western_file_is_said_to_be_one_and_a_doubtful_one_is_refused() -> None:
    _, report = read(HR.encode("cp1252"), defaults={"roles": "mentor"})
    assert "Windows-1252" in str(report.warnings[0])
    doubtful = "email,name,roles\na@b.de,Dvořák,mentee\n".encode("cp1250")
    assert "--encoding" in problems(doubtful)[0]
    assert read(doubtful, encoding="cp1250")[0][0].name == "Dvořák"


def test_several_skills_in_one_are_refused_and_none_is_made_of_them() -> None:
    (found,) = problems("email,name,roles,skills\na@b.de,A,mentor,Python:3 SQL:2\n")
    assert "looks like several skills in one" in found
    (found,) = problems("email,name,roles,skills\na@b.de,A,mentor,Python: Expert\n", level_default=3)
    assert "--level Expert=3" in found


def workbook(rows: list[list[str]], sheet: str = "") -> bytes:
    """A small XLSX with a sheet of notes before that of the people."""
    made = io.BytesIO()
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    types = f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>' + "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kinds}.worksheet+xml"/>'
        for n in (1, 2)
    )
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    table = "".join(
        f'<row r="{n}">'
        + "".join(
            f'<c r="{chr(65 + place)}{n}"><v>{cell}</v></c>'
            if cell.replace(".", "").isdecimal()
            else f'<c r="{chr(65 + place)}{n}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
            for place, cell in enumerate(row)
        )
        + "</row>"
        for n, row in enumerate(rows, 2)
    )
    notes = '<row r="1"><c r="A1" t="inlineStr"><is><t>Notes</t></is></c></row>'
    with zipfile.ZipFile(made, "w") as book:
        book.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/'
            f'vnd.openxmlformats-package.relationships+xml"/>{types}</Types>',
        )
        book.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{relation}"><sheets>'
            '<sheet name="Notes" sheetId="1" r:id="rId1"/>'
            '<sheet name="People" sheetId="2" r:id="rId2"/></sheets></workbook>',
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships">'
            + "".join(
                f'<Relationship Id="rId{n}" Type="{relation}/worksheet" Target="worksheets/sheet{n}.xml"/>'
                for n in (1, 2)
            )
            + "</Relationships>",
        )
        for n, data in ((1, notes), (2, sheet or table)):
            book.writestr(
                f"xl/worksheets/sheet{n}.xml",
                f'<worksheet xmlns="{main}"><sheetData>{data}</sheetData></worksheet>',
            )
    return made.getvalue()


def test_a_workbook_is_read_from_the_sheet_that_has_people() -> None:
    content = workbook([["email", "name", "roles", "capacity"], ["a@b.de", "Zoë", "mentor", "2.0"]])
    for sheet in ("", "People"):
        (record,), report = read(content, sheet=sheet)
        assert (record.line, record.name, record.capacity, report.problems) == (3, "Zoë", 2, [])
    assert problems(content, sheet="Gone") == [
        "The workbook has no sheet “Gone”. There are: “Notes”, “People”."
    ]


def opendocument() -> bytes:
    """A small ODS."""
    made = io.BytesIO()
    kind = "urn:oasis:names:tc:opendocument:xmlns:"
    rows = [["email", "name", "roles"], ["a@b.de", "Zoë", "mentor"]]
    table = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    with zipfile.ZipFile(made, "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{kind}manifest:1.0"/>')
        book.writestr(
            "content.xml",
            f'<office:document-content xmlns:office="{kind}office:1.0" xmlns:table="{kind}table:1.0" '
            f'xmlns:text="{kind}text:1.0"><office:body><office:spreadsheet><table:table table:name="S">'
            f"{table}</table:table></office:spreadsheet></office:body></office:document-content>",
        )
    return made.getvalue()


def test_a_workbook_is_known_by_what_it_holds() -> None:
    (record,), report = read(opendocument())
    assert (record.name, report.problems) == ("Zoë", [])


def test_a_workbook_with_a_password_is_said_to_have_one() -> None:
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    (found,) = problems(header + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(512))
    assert "protected by a password" in found
    (found,) = problems(header + bytes(1024))
    assert "no workbook that can be read" in found


def test_a_workbook_that_unfolds_without_end_is_refused() -> None:
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    (found,) = problems(workbook([], far))
    assert "too large" in found
