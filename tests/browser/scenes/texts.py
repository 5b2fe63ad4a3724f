"""What people write in the scenes: usual words, and awkward ones."""

from __future__ import annotations

LONG = "Wolfeschlegelsteinhausenbergerdorff-Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"
ARABIC = "نور الهدى عبد الرحمن"
ARABIC_HEADLINE = "مهندسة برمجيات تتطلع إلى قيادة فريق"
ARABIC_MESSAGE = (
    "مرحبا،\n\nأود أن أتعلم منك كيف تُصمَّم الأنظمة الكبيرة "
    "(C++ و Rust). هل يمكننا الحديث مرة في الشهر؟\n\nشكرا!"
)
HEBREW_NAME = "יעל בן־דוד"
HEBREW = "שלום, אשמח ללמוד ממך כיצד לתכנן מערכות גדולות. האם נוכל לשוחח פעם בחודש?"
MESSAGE = (
    "Hello Jonas,\n\nI read your notes on splitting the ledger and would love to learn how you decide "
    "where to cut. Could we talk once a month?\n\nI would prepare a question each time."
)
ABOUT = (
    "I look after our booking services. I enjoy it, and I would like to grow into shaping systems, "
    "not only building them."
)
GOAL = {
    "title": "Lead a design review on my own",
    "specific": "I prepare and lead the review of one service, from the invitation to the notes.",
    "measurable": "Two reviews held, notes shared, feedback from three people.",
    "attainable": "My team has a review each month and is glad of a volunteer.",
    "relevant": "I want to move towards architecture, and this is where it happens.",
}
