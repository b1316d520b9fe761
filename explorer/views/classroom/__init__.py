"""The views of 课堂 (chapter 14): the door of the room, quiz, cards with a mistake, lesson plans, glossary."""
