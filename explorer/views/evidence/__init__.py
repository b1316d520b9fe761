"""The Evidence page: every claim with what was published and what this installation measures."""
