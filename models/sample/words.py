"""What people of the sample write about themselves."""

from collections.abc import Sequence

from models.sample.draw import number, one

_TABLE = """
javascript=JavaScript|js=JavaScript|typescript=TypeScript|reactjs=React
react native=React Native|nodejs=Node.js|vuejs=Vue|angular=Angular|angularjs=AngularJS|css=CSS
html=HTML|php=PHP|python=Python|java=Java|c#=C#|c-sharp=C#|c++=C++|graphql=GraphQL|redux=Redux
express=Express|ruby=Ruby|rails=Rails|ruby on rails=Ruby on Rails|devops=DevOps|mongodb=MongoDB
dotnet=.NET|.net=.NET|asp.net=ASP.NET|android=Android|ux=user experience|ui=user interfaces
aws=AWS|kotlin=Kotlin|linux=Linux|docker=Docker|laravel=Laravel|git=Git|kubernetes=Kubernetes
gatsby=Gatsby|golang=Go|go=Go|sass=Sass|spring=Spring|fp=functional programming
a11y=accessibility|firebase=Firebase|azure=Azure|symfony=Symfony|api=APIs|elixir=Elixir
scrum=Scrum|jquery=jQuery|ios=iOS|swift=Swift|nosql=NoSQL|mysql=MySQL|sql=SQL|django=Django
rust=Rust|flutter=Flutter|ai=AI|tdd=test-driven development|ddd=domain-driven design|web=the web
frontend=frontends|backend=backends|fullstack=the full stack|front-end=frontends
architecture=architecture|cloud=the cloud|career=careers
"""
_WRITTEN = dict(pair.split("=") for line in _TABLE.strip().splitlines() for pair in line.split("|"))

_MENTOR_HEADLINES = (
    "Works with {}",
    "Helps people find their way into {}",
    "Years of {}, still curious",
    "Likes to explain {}",
    "Builds things with {}",
    "Long at home in {}",
)
_MENTEE_HEADLINES = (
    "Learning {}",
    "Wants to get better at {}",
    "On the way to {}",
    "Taking the next step in {}",
    "New to {} and keen",
)
_PASTS = (
    "I have been in the trade for {} years, in small teams and in large ones.",
    "After {} years in product teams I know how it feels to be stuck.",
    "I came to this from another profession {} years ago.",
    "For {} years I have maintained open source projects in my free time.",
)
_OFFERS = (
    "We can look at your code together, or talk about where you want to be in a year.",
    "Bring a question to each meeting; we work on it until you can explain the answer.",
    "I prefer short meetings every other week and a small task in between.",
    "I listen first. Then we agree on one goal and keep to it.",
    "Tell me what you have tried, and we go on from there.",
)
_WISHES = (
    "I learn best when somebody looks at what I have built and asks questions.",
    "I would like to contribute to a project that other people use.",
    "I am teaching myself in the evenings and miss somebody to ask.",
    "I changed my profession last year and want to stand on firmer ground.",
    "My team is small, so I look for an experienced view from outside.",
)
YEARS = ("under 5 years", "5 to 10 years", "10 to 20 years", "over 20 years")


def written(skill: str) -> str:
    """A skill as prose writes it: “React” for “reactjs”."""
    return _WRITTEN.get(skill, skill)


def headline_of_mentor(who: str, skills: Sequence[str]) -> str:
    return one(who, "headline", _MENTOR_HEADLINES).format(_listed(skills[:3]))


def headline_of_mentee(who: str, skills: Sequence[str]) -> str:
    return one(who, "headline", _MENTEE_HEADLINES).format(_listed(skills[:2]))


def about_mentor(who: str) -> str:
    past = one(who, "past", _PASTS).format(4 + number(who, "years", 20))
    return f"{past} {one(who, 'offer', _OFFERS)}"


def about_mentee(who: str, skills: Sequence[str]) -> str:
    return f"{one(who, 'wish', _WISHES)} At the moment it is mostly about {_listed(skills[:2])}."


def _listed(skills: Sequence[str]) -> str:
    names = list(dict.fromkeys(map(written, skills)))
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
