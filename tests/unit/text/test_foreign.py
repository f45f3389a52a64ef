"""Who writes another language than the presenter's is told so, in that language; names and loan words are none."""

from __future__ import annotations

import pytest

from talking_head.text import language
from talking_head.text.foreign import refusal, remark, told

EN, ZH = language.get("en"), language.get("zh")
FOREIGN = {
    "es": """Hola|¿Dónde está el baño?|¿Cuánto cuesta?|Buenos días|No entiendo nada|Habla español?|Oye, ¿me escuchas?
        |Me gustaría saber más sobre vuestros productos|A qué hora abren mañana|Muchas gracias por todo""",
    "fr": """Bonjour|Où est la gare ?|Combien ça coûte ?|Parlez-vous français ?|J'ai besoin d'aide|Merci beaucoup
        |Je voudrais un café, s'il vous plaît.|Je cherche un cadeau pour ma mère|À quelle heure ouvrez-vous demain ?""",
    "de": """Hallo|Was kostet das?|Ich möchte einen Tisch reservieren.|Sprechen Sie Deutsch?|Können Sie mir helfen?|Guten Morgen
        |Wann öffnet das Museum heute?|Wie heißt du?|Das Wetter ist schön""",
    "it": "Dove si trova la stazione?|Vorrei un caffè, per favore.|Quanto costa questo?",
    "pt": "Olá, tudo bem?|Onde fica a estação?|Quanto custa isso?|Não entendo|Como você se chama?",
    "zh": "你好|你会说中文吗？|请问现在几点了|我想订一张两个人的桌子",
}
ROWS = [(code, text.strip()) for code, texts in FOREIGN.items() for text in texts.split("|")]
ENGLISH = """
What is the capital of France?|Hello|Tell me about Las Vegas and the casinos in Los Angeles.|How do you say merci in French?
No comment|What does 'guten Morgen' mean?|Die Hard is my favourite film.|I said hola to my neighbour.|Buenos Aires
Los Angeles|Costa Rica
Play La Vie en Rose|Sing Bella Ciao|Der Ring des Nibelungen|crème brûlée recipe|Play Por Una Cabeza|Come on, sing a song
Comment section|Was Van der Waals Dutch?|Dove soap|Boa constrictor|Rio de Janeiro or São Paulo?|ok|Thanks
Que sera sera|Ludwig van Beethoven
"""


@pytest.mark.parametrize(("code", "text"), ROWS, ids=[text for _, text in ROWS])
def test_an_english_presenter_tells_who_writes_another_language(code: str, text: str) -> None:
    assert (refusal(text, EN) or remark(text, EN)) == told(code, EN)


@pytest.mark.parametrize("text", ENGLISH.strip().replace("\n", "|").split("|"))
def test_english_with_names_and_loan_words_is_english(text: str) -> None:
    assert (refusal(text, EN) or remark(text, EN)) == ""


@pytest.mark.parametrize(("code", "text"), [row for row in ROWS if row[0] != "zh"], ids=[t for c, t in ROWS if c != "zh"])
def test_a_mandarin_presenter_tells_who_writes_another_language(code: str, text: str) -> None:
    assert (refusal(text, ZH) or remark(text, ZH)) == told(code, ZH)


@pytest.mark.parametrize("text", ["What is this?", "Hello", "I would like to know more.", "Thanks!", "Open the door"])
def test_a_mandarin_presenter_tells_who_writes_english(text: str) -> None:
    assert remark(text, ZH) == "This presenter speaks Chinese only."


@pytest.mark.parametrize("text", ["OK", "iPhone", "C++", "Python", "WiFi密码", "123", "请用 English 回答"])
def test_words_that_stand_in_mandarin_too_are_not_told(text: str) -> None:
    assert (refusal(text, ZH) or remark(text, ZH)) == ""
