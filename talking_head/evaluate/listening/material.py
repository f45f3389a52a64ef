"""What visitors say in the recordings: the sentences that turn-taking was tuned on, and others that it has never met."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Material:
    """``questions``; ``hesitations``: (before, seconds of silence, after); ``pairs`` of turns; ``runs``: two sentences with a
    breath of so many seconds between."""

    questions: tuple[str, ...]
    hesitations: tuple[tuple[str, float, str], ...]
    pairs: tuple[tuple[str, str], ...]
    runs: tuple[tuple[str, float, str], ...]


TUNED = Material(
    questions=(
        "What is the weather like by the sea in winter?",
        "Can you tell me something about old trains?",
        "How do I make a good cup of coffee?",
        "Why do birds sing in the morning?",
        "Please explain how a clock works.",
        "I am looking for a present for my sister.",
        "Where can I learn to paint?",
        "What should I cook for six people tonight?",
        "Is it far from the station to the museum?",
        "Tell me a short story about a lighthouse.",
        "How long does bread stay fresh?",
        "What do whales eat?",
    ),
    hesitations=(
        ("I would like to know, um,", 0.9, "how old the moon is."),
        ("So, what I wanted to ask is,", 0.8, "how do I sleep better?"),
        ("Could you tell me, uh,", 0.7, "which book I should read next?"),
        ("I was thinking about", 0.8, "a holiday in the mountains."),
        ("My question is about, um,", 1.0, "growing tomatoes on a balcony."),
        ("Well, if I had to choose between", 0.7, "tea and coffee, what would you say?"),
    ),
    pairs=(
        ("What is the capital of France?", "And how many people live there?"),
        ("How tall is an elephant?", "What about a giraffe?"),
        ("Who wrote this song?", "Can you sing it?"),
        ("What time is it?", "Thank you, that is all."),
    ),
    runs=(
        ("Hello there.", 0.3, "I have a question about my garden."),
        ("I have two children.", 0.35, "What games can we play at home?"),
        ("It has been raining all day.", 0.3, "What can I do inside?"),
    ),
)

HELD_OUT = Material(
    questions=(
        "Which bus goes to the old harbour?",
        "Could you recommend a quiet place for lunch?",
        "I need help with my broken bicycle.",
        "When does the library close on Sundays?",
        "Explain to me how bread rises in the oven.",
        "Are there any free seats for the concert tonight?",
        "My phone does not switch on any more.",
        "What happens to leaves in autumn?",
        "How much water should I drink every day?",
        "Show me the way to the nearest pharmacy, please.",
        "Who invented the telescope?",
        "Can cats see in the dark?",
    ),
    hesitations=(
        ("I wanted to find out, uh,", 0.8, "when the next ferry leaves."),
        ("It is a bit complicated, but", 0.9, "my landlord wants to sell the house."),
        ("Do you happen to know, um,", 0.7, "where the coffee comes from?"),
        ("We were looking for a film with", 0.8, "that tall actor from Norway."),
        ("The thing is that", 1.0, "I forgot my umbrella on the train."),
        ("If it rains tomorrow, then", 0.7, "what should we do instead?"),
    ),
    pairs=(
        ("Where is the river Nile?", "How long is it?"),
        ("Do you play chess?", "Would you teach me?"),
        ("What is a haiku?", "Please make one about snow."),
        ("Is the museum open today?", "How much is a ticket?"),
    ),
    runs=(
        ("Good evening.", 0.3, "We booked a table for two."),
        ("My dog is afraid of thunder.", 0.35, "Is there something that helps?"),
        ("I moved here last month.", 0.3, "Where do people go on weekends?"),
    ),
)
