"""Sliders over pictures made beforehand: they live in the static page too, where no Python runs."""

from collections.abc import Sequence

from bumpworld import checks

from . import given


def frame_slider(
    frames: Sequence[bytes],
    titles: Sequence[str],
    name: str,
    values: Sequence[str],
    width: int = 700,
    start: int = 0,
):
    """A slider and a play button over PNG ``frames``; ``titles`` say in words what each frame shows, and stand below it.

    The slider is called ``name``, "λ" for example, and shows the frame's own one of ``values``, "0.48". Everything is
    linked in the browser (`jslink`), so nothing is asked of a kernel. The picture is as wide as the page, up to ``width``
    CSS pixels. Returns an ipywidgets VBox. Raises ValueError for fewer than two frames, or titles or values of another
    number.
    """
    import ipywidgets as widgets

    frames, name = given.each("frames", frames, bytes), checks.instance("name", name, str)
    titles, values = given.each("titles", titles, str), given.each("values", values, str)
    width = checks.whole("width", width, 1)
    if len(frames) < 2 or not len(frames) == len(titles) == len(values):
        raise ValueError(
            f"{len(frames)} frames, {len(titles)} titles and {len(values)} values; needed are two or more of each, as many"
        )
    start = checks.whole("start", start, 0, len(frames) - 1)
    layout = widgets.Layout(width="100%", max_width=f"{width}px")
    pictures = [widgets.Image(value=frame, format="png", layout=layout) for frame in frames]
    stack = widgets.Stack(pictures, selected_index=start)
    # titles stand below: a tooltip on an Image breaks the static page's widget manager
    captions = widgets.Stack([widgets.Label(title) for title in titles], selected_index=start)
    options = [(str(value), at) for at, value in enumerate(values)]
    slider = widgets.SelectionSlider(options=options, index=start, description=name, continuous_update=True)
    play = widgets.Play(value=start, min=0, max=len(frames) - 1, interval=350, show_repeat=True)
    widgets.jslink((play, "value"), (slider, "index"))
    for shown in (stack, captions):
        widgets.jslink((slider, "index"), (shown, "selected_index"))
    return widgets.VBox([widgets.HBox([slider, play]), stack, captions])
