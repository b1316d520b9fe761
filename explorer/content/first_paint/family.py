"""家族 before it is touched: the three steps of RLHF run to the end, for either panel, and once without
a leash; where the norm sits, two losses at once, and a model that is told to answer."""

from __future__ import annotations

from typing import Any

from explorer.content.examples import Asked
from explorer.lab.types.gpt_line import COUNT, CountInputs
from explorer.lab.types.norms import LOSSES, NORMS, LossesInputs, NormsInputs
from explorer.lab.types.rlhf import REWARD, SFT, TUNE, run_of
from explorer.lab.types.told import TOLD, ToldInputs
from explorer.lab.types.toy_language import PANELS


def asked() -> list[Asked]:
    from explorer.engine import catalog

    polite, vivid = run_of(PANELS["polite"]), run_of(PANELS["vivid"])
    hacking = run_of(PANELS["polite"], beta=0.0)
    found: list[tuple[Any, Any]] = [(SFT, polite.sft)]
    found += [(REWARD, one.reward) for one in (polite, vivid)]
    found += [(TUNE, one.tune) for one in (polite, vivid, hacking)]
    found += [(NORMS, NormsInputs()), *((LOSSES, LossesInputs(SFT.ref(polite.sft), weight)) for weight in (0.0, 0.5))]
    found.append((TOLD, ToldInputs()))
    counted: Asked = (COUNT, catalog.default("causal").id, CountInputs())
    return [counted, *((experiment, None, inputs) for experiment, inputs in found)]
