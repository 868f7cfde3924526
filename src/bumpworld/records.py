"""A record and the weights beside it: each is checked when it is read, and what is not as it should be is named."""

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from .diffusion import DiffusionModel
from .experiment import Experiment, from_dict, to_dict
from .files import ResultError, is_there, read_bytes, read_checked, sha256, write_atomic, write_record
from .rules import RULES
from .train import new_model
from .unet_config import CODES

# bytes: of a repository's files none should be larger, so longer weights go on in a file beside the first
PIECE = 4_800_000
# of a record and its weights; None where these are not kept
Paths = tuple[Path, Path | None]


def read_record(path: Path, experiment: Experiment | None = None) -> dict:
    """A record that `write_pair` wrote.

    Raises ResultError when it is missing, damaged, another experiment's, or made when a rule or a code of that name, which
    is not this project's, was another.
    """
    record = read_checked(path, "experiment", _check_record)
    if experiment and record["experiment"] != to_dict(experiment):
        raise ResultError(f"{path} belongs to another experiment; move it away and run this one again")
    if experiment and (what := changed(record, experiment)):
        mend = "give the new one a name of its own, or move the file away and run it again"
        raise ResultError(f"{path} was made when {what} was another; {mend}")
    return record


def foreign(experiment: Experiment) -> dict[str, list[float]]:
    """What a rule and a code that are not of this project do here, in a few numbers: when they change, their names stay."""
    rule, code = experiment.train_on.rule, experiment.unet.label_code
    theirs = lambda thing: thing.__module__.split(".")[0] not in ("bumpworld", "bumpbook")
    found = {}
    if theirs(RULES[rule][1]):
        masks = experiment.train_on.split(experiment.canvas).masks
        found[f"the rule {rule!r}"] = torch.stack([*masks.values()])
    if theirs(CODES[code]):
        told = new_model(experiment).net.label_code(experiment.canvas.lattice())
        found[f"the label code {code!r}"] = told.detach().T
    # every record that is read comes by here, and most find nothing to weigh
    weighed = lambda rows: (rows.double() @ torch.arange(rows.shape[1]).double().cos()).tolist()
    return {name: [round(value, 3) for value in weighed(rows)] for name, rows in found.items()}


def changed(record: dict, experiment: Experiment) -> str | None:
    """The rule or code that did something else when the ``record`` was made; None too where the record does not say."""
    for name, now in foreign(experiment).items():
        then = record.get("foreign", {}).get(name, now)
        # another machine rounds otherwise
        if len(then) != len(now) or not torch.allclose(torch.tensor(then), torch.tensor(now), atol=0.01):
            return name
    return None


def _check_record(record: dict) -> None:
    """Raise for a record that lacks what its readers take for granted."""
    from_dict(record["experiment"])
    record["training"]["steps"], record["training"]["learned_at"], record["weights_sha256"]
    record["denoising_error"]["train"], record["provenance"]["hardware"]
    float(record["provenance"]["seconds"])
    for look in (*record["checkpoints"], record["checkpoints"][-1]):
        look["step"]
        lengths = {len(look[name]) for name in ("error_x", "error_y", "residual", "shape")}
        if len(lengths) > 1:
            raise ValueError(f"a checkpoint has lists of lengths {lengths}")


def load_weights(path: Path, record: dict, experiment: Experiment, device: str = "cpu") -> DiffusionModel:
    """The model of the weights at ``path``, which ``record`` describes. Raises ResultError where they are damaged or foreign."""
    data = b"".join(read_bytes(piece, "experiment") for piece in pieces(path))
    mend = "move it away and run its experiment again"
    if record["weights_sha256"] != sha256(data):
        raise ResultError(f"{path} is not the file that its record describes (damaged or foreign); {mend}")
    model = new_model(experiment, device)
    try:
        model.load_state_dict({name: value.float() for name, value in load(data).items()})
    except (SafetensorError, RuntimeError) as error:
        raise ResultError(f"{path} holds no weights for this experiment ({error}); {mend}") from None
    return model.eval().requires_grad_(False)


def write_pair(paths: Paths, record: dict, model: DiffusionModel) -> None:
    """Write weights in half precision, unless their path is None, and then the record with their checksum."""
    (path, weights), checksum = paths, None
    if weights:
        data = save({name: value.half().contiguous().cpu() for name, value in model.state_dict().items()})
        checksum = sha256(data)
        # the first comes last: where it is, the others are
        for at in reversed(range(0, len(data), PIECE)):
            write_atomic(_piece(weights, at // PIECE), data[at : at + PIECE])
    write_record(path, record | {"weights_sha256": checksum})


def pieces(path: Path) -> list[Path]:
    """The files that hold, one after the other, the weights at ``path``, itself the first: small networks have no other."""
    found = [path]
    while is_there(further := _piece(path, len(found))):
        found.append(further)
    return found


def _piece(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number + 1}") if number else path


def pair(layer: Path, experiment: Experiment) -> Paths:
    """Where a layer keeps a record and its weights: the record compressed, unless a plain one lies there alone."""
    record = layer / "records" / f"{experiment.key}.json.gz"
    plain = record.with_suffix("")
    kept = plain if is_there(plain) and not is_there(record) else record
    return kept, layer / "weights" / f"{experiment.key}.safetensors"
