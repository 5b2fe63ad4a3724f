"""Ready words for a decision, so that nobody has to type: the usual sentences, and those of a programme.

They name terms by `{t.mentor}`, so that they follow when a programme changes what it calls things.
"""

from __future__ import annotations

from models.process.terms import Sentence, Words

ACCEPT_SENTENCES = (
    "Gladly, let us talk this week.",
    "With pleasure. I will write to you and suggest a time.",
    "Yes, I am glad to be your {t.mentor}.",
)
AMENDMENT_SENTENCES = (
    "Please tell me a little more about what you would like to reach.",
    "Which of your topics matters most to you? Please name one or two.",
    "Please say how often you would like to talk, and for how long.",
)
DECLINE_SENTENCES = (
    "I am sorry, I cannot give you the time that you deserve at the moment.",
    "Thank you for asking. Another {t.mentor} will help you more with this topic.",
    "I am sorry, I have as many {t.mentees} as I can look after. Please ask me again later.",
)


def in_words_of(sentences: tuple[str, ...], words: Words) -> tuple[str, ...]:
    """The sentences as people read them, and as the process gets the chosen one."""
    return tuple(dict.fromkeys(Sentence(one).in_terms(words) for one in sentences))
