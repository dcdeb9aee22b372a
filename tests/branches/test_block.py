import asyncio, json, time, os, base64
import pytest
from jupyter_sessions.branches.cell_edits import CellEdits
from jupyter_sessions.branches.documents import Documents
from tests.branches.conftest import *

@pytest.mark.parametrize("cells,png", [(200, 10_000), (1000, 40_000)])
async def test_block(cells, png, documents, jp_root_dir):
    content = new_notebook({"name": "python3", "display_name": "Python 3"})
    for n in range(cells):
        c = new_cell(f"c{n}", "code", "x = 1\n" * 10)
        c["outputs"] = [{"output_type":"display_data","metadata":{},"data":{"image/png": base64.b64encode(os.urandom(png)).decode(), "text/plain": "x"}}]
        content["cells"].append(c)
    (jp_root_dir/"n.ipynb").write_text(json.dumps(content))
    worst=0; 
    async def watch():
        nonlocal worst
        last=time.monotonic()
        while True:
            await asyncio.sleep(0.001)
            now=time.monotonic(); worst=max(worst, now-last); last=now
    w=asyncio.create_task(watch())
    for what in ("first","second"):
        worst=0; t=time.monotonic()
        await CellEdits(documents).insert(PROJECT, "n.ipynb", "x")
        print("EDIT", cells, what, "total", round(time.monotonic()-t,3), "worst", round(worst,3), (jp_root_dir/"n.ipynb").stat().st_size)
    worst=0; t=time.monotonic(); await documents.read("n.ipynb"); print("READ", round(time.monotonic()-t,3), round(worst,3))
    w.cancel()
