"""第 9 章 微调 · Fine-tuning: the same sentences taught to a pre-trained body and to a random one."""

from explorer.views._shared.page import chapter_page

chapter_page("finetuning")
