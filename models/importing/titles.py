"""By which titles forms and exports call the fields, in several languages."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from models.folding import fold

REQUIRED = ("email", "name", "roles")
FIELDS = (
    *REQUIRED,
    "time_zone",
    "headline",
    "about",
    "country",
    "languages",
    "unit",
    "location",
    "manager_email",
    "skills",
    "targets",
    "preferences",
    "capacity",
    "available",
)
NAME_PARTS = ("first_name", "last_name")
SKILL_PARTS = ("skill", "level")
READ = (*FIELDS, *NAME_PARTS, *SKILL_PARTS)
"""All that a column can be mapped to beside attributes; the parts are put together while reading."""

_CALLED = {
    "email": """email address | mail | mail address | e mail adresse | email adresse | mailadresse |
        your email | your email address | work email | employee email | email primary work |
        primary work email | your work email | your work email address | business email | company email |
        dienstliche e mail | email 1 | primary email | email id | adresse e mail |
        adresse mail | adresse email | courriel | adresse courriel | mel | correo |
        correo electronico | direccion de correo electronico | direccion de correo | e
        mailadres | indirizzo email | indirizzo e mail | posta elettronica | endereco de
        email | adres e mail | электронная почта | почта | メールアドレス | 电子邮件 | 邮箱""",
    "name": """full name | your name | your full name | display name | displayname | employee name |
        first and last name | name and surname | vollstandiger name | vor und nachname |
        vorname und nachname | vorname nachname | ihr name | dein name | nom complet |
        nom et prenom | prenom et nom | votre nom | nombre completo | nombre y apellido
        | nombre y apellidos | tu nombre | nome completo | nome e cognome | volledige
        naam | naam | imie i nazwisko | имя и фамилия | фио | 名前 | 氏名 | 姓名""",
    "first_name": """first name | your first name | preferred name first name |
        legal first name | firstname | given name | givenname | forename | vorname | prenom | nombre |
        nombres | nome | voornaam | imie | fornamn | fornavn | имя | 名""",
    "last_name": """last name | your last name | preferred name last name |
        legal last name | lastname | surname | family name | familyname | sn | nachname | familienname
        | nom | nom de famille | apellido | apellidos | cognome | sobrenome | achternaam
        | nazwisko | efternamn | efternavn | фамилия | 姓""",
    "roles": """role | your role in the programme | programme role | program role | role in programme |
        mentor or mentee | mentee or mentor | i want to be | i would like to be | join
        as | i am joining as | participate as | rolle | rollen | rolle im programm |
        teilnahme als | role dans le programme | rol | roles en el programa | ruolo |
        papel""",
    "time_zone": """timezone | tz | your time zone | zeitzone | fuseau horaire | zona horaria | huso horario
        | fuso orario | fuso horario | tijdzone | strefa czasowa | часовой пояс | タイムゾーン
        | 时区""",
    "headline": """job title | position | current position | job role | current role | jobtitle | business
        title | stellenbezeichnung | berufsbezeichnung | jobtitel | funktion | intitule
        du poste | poste | fonction | puesto | cargo | qualifica | functie | stanowisko
        | должность""",
    "about": """about me | about you | bio | biography | short bio | tell us about yourself | about
        yourself | profile | introduction | uber mich | uber dich | uber sie |
        kurzbiografie | vorstellung | beschreibung | a propos | a propos de moi |
        biographie | presentation | sobre mi | sobre ti | biografia | presentacion | chi
        sono | sobre mim""",
    "country": """country region | country of residence | your country | work country | country code |
        land | pays | pais | paese | nazione | kraj | страна | 国""",
    "languages": """language | spoken languages | languages spoken | your languages | language skills |
        sprache | sprachen | sprachkenntnisse | langue | langues | langues parlees |
        idioma | idiomas | lingua | lingue | taal | talen | jezyk | jezyki | язык |
        языки""",
    "unit": """department | business unit | organisational unit | organizational unit | org unit | team
        name | division | cost centre name | abteilung | bereich | fachbereich |
        organisationseinheit | departement | service | direction | departamento | area |
        division | dipartimento | reparto | afdeling | dzial | отдел""",
    "location": """city | office | site | work location | office location | place | standort | ort | stadt
        | buro | dienstort | lieu | ville | site de travail | lieu de travail |
        ubicacion | ciudad | oficina | citta | sede | cidade | plaats | stad | miasto |
        город""",
    "manager_email": """manager mail | manager email address | email of manager | line manager email |
        supervisor email | email manager | managers email | manager s email | your
        manager s email | line manager s email | boss email | vorgesetzten e mail | e
        mail vorgesetzter | e mail der fuhrungskraft | e mail fuhrungskraft |
        fuhrungskraft e mail | email du manager | e mail du manager | courriel du
        manager | correo del responsable | correo del jefe | email del responsable""",
    "skills": """skill list | my skills | your skills | skillset | expertise | areas of expertise |
        competencies | competences | kompetenzen | fahigkeiten | kenntnisse |
        fachkenntnisse | habilidades | competencias | competenze | vaardigheden |
        umiejetnosci | навыки | スキル | 技能""",
    "targets": """target | target skills | skills to learn | skills to develop | learning goals skills |
        lernziele | zielkompetenzen | competences visees | objetivos de aprendizaje""",
    "preferences": """preference | mentoring topics | topics | interests | areas of interest | praferenzen |
        themen | interessen | preferences de mentorat | themes | centres d interet |
        preferencias | temas | intereses""",
    "capacity": """max mentees | maximum mentees | number of mentees | max number of mentees | maximum
        number of mentees | how many mentees | how many mentees can you take | mentee
        capacity | kapazitat | anzahl mentees | max anzahl mentees | capacite | nombre
        de mentores | capacidad | numero de mentorados""",
    "available": """availability | is available | currently available | verfugbar | verfugbarkeit |
        disponible | disponibilite | disponibilidad | disponibile""",
    "skill": "skill name | kompetenz | fahigkeit | competence | habilidad | competencia",
    "level": """skill level | proficiency | proficiency level | self rating | rating | niveau | stufe |
        nivel | livello""",
}


def one_line(title: str) -> str:
    """A title as sentences and maps write it: its line breaks are blanks."""
    return " ".join(title.split())


def key(title: str) -> str:
    """What spellings of one title share: letters and digits without case, accents, blanks and signs."""
    found = "".join(mark for mark in fold(title) if mark.isalnum() or unicodedata.category(mark)[0] == "M")
    return found or one_line(title)


def field_by_name(title: str) -> str | None:
    """The field that the title names itself: `Time zone`, `Timezone` and `time-zone` are `time_zone`."""
    return _names().get(key(title))


def field_by_custom(title: str) -> str | None:
    """The field that forms call so: `Department`, `Vorname`."""
    return _customs().get(key(title))


def known_titles() -> dict[str, str]:
    """Fields by title, for suggestions."""
    return {name: name for name in READ} | {
        one_line(title): name for name, titles in _CALLED.items() for title in titles.split("|")
    }


@cache
def _names() -> dict[str, str]:
    return {key(name): name for name in READ}


@cache
def _customs() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, titles in _CALLED.items():
        for title in re.split(r"\s*\|\s*", titles):
            found.setdefault(key(title), name)
    return found
