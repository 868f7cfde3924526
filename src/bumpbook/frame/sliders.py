"""Sliders over pictures made beforehand: they live in the static page too, where no Python runs."""

from collections.abc import Sequence

from bumpworld import checks


def frame_slider(
    frames: Sequence[bytes], titles: Sequence[str], description: str, width: int = 360, start: int = 0
):
    """A slider and a play button over PNG ``frames``; ``titles`` say in words what each frame shows, and stand below it.

    Everything is linked in the browser (`jslink`), so nothing is asked of a kernel. ``width`` is in CSS pixels.
    Returns an ipywidgets VBox. Raises ValueError for fewer than two frames, or titles of another number.
    """
    import ipywidgets as widgets

    if len(frames) < 2 or len(frames) != len(titles):
        raise ValueError(
            f"{len(frames)} frames and {len(titles)} titles; needed are two or more of each, as many"
        )
    start = checks.whole("start", start, 0, len(frames) - 1)
    layout = widgets.Layout(width=f"{width}px", max_width="100%")
    pictures = [widgets.Image(value=frame, format="png", layout=layout) for frame in frames]
    stack = widgets.Stack(pictures, selected_index=start)
    # titles stand below: a tooltip on an Image breaks the static page's widget manager
    captions = widgets.Stack([widgets.Label(title) for title in titles], selected_index=start)
    last = len(frames) - 1
    slider = widgets.IntSlider(value=start, min=0, max=last, description=description, readout=True)
    play = widgets.Play(value=start, min=0, max=last, interval=350, show_repeat=True)
    widgets.jslink((play, "value"), (slider, "value"))
    for shown in (stack, captions):
        widgets.jslink((slider, "value"), (shown, "selected_index"))
    return widgets.VBox([widgets.HBox([slider, play]), stack, captions])
