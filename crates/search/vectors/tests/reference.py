"""Writes reference.json: tokens and vectors of texts, by other programs than this crate.

Tokens by Hugging Face `tokenizers` (padding off, cut at 256), vectors by a forward pass in NumPy in double precision.
    python3 reference.py FOLDER > reference.json      FOLDER holds model.safetensors and tokenizer.json
"""
import json
import math
import sys

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

TEXTS = [
    "laptop", "notebook computer", "wireless headphones", "brother tn-2110 toner", "usb-c charger 65w", "4k tv 55 inch", "phone case", "aa battery",
    "Sony WH-1000XM5 Wireless Noise Cancelling Headphones, 30 h battery, black", "Samsung Galaxy S23 128GB",
    "Range extender, Wi-Fi 5. Extends your network to every room; 1200 Mbit/s, dual band.",
    "", "   \t\n", "café crème MÜLLER naïve", "日本語のカメラ 4K", "😀 emoji phone 📱", "ÄÖÜß straße İstanbul", "x" * 150,
    "don't stop... (really?) $19.99 & 50% off!", 'gaming monitor 27" 144hz ips', "Kopfhörer kabellos", "noise cancelling " * 200,
    "https://example.com/a_b?c=d#e foo@bar.org",
    "a\u0301\u0323 zero\u200bwidth \ufffd soft\u00adhyphen 한국어 ﬁ ligature ½",
]

folder = sys.argv[1]
weights = {name: tensor.astype(np.float64) for name, tensor in load_file(f"{folder}/model.safetensors").items()}
tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
tokenizer.no_padding()
tokenizer.enable_truncation(256)
erf = np.vectorize(math.erf)


def norm(x, name):
    x = x - x.mean(-1, keepdims=True)
    return x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-12) * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def linear(x, name):
    return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def embed(ids):
    count = len(ids)
    inputs = {part: weights[f"embeddings.{part}_embeddings.weight"] for part in ("word", "position", "token_type")}
    x = norm(inputs["word"][ids] + inputs["position"][:count] + inputs["token_type"][0], "embeddings.LayerNorm")
    for layer in range(6):
        name = f"encoder.layer.{layer}"
        q, k, v = (linear(x, f"{name}.attention.self.{part}").reshape(count, 12, 32).transpose(1, 0, 2) for part in ("query", "key", "value"))
        shares = np.exp(q @ k.transpose(0, 2, 1) / math.sqrt(32))
        shares /= shares.sum(-1, keepdims=True)
        attended = (shares @ v).transpose(1, 0, 2).reshape(count, 384)
        x = norm(linear(attended, f"{name}.attention.output.dense") + x, f"{name}.attention.output.LayerNorm")
        raised = linear(x, f"{name}.intermediate.dense")
        raised = 0.5 * raised * (1 + erf(raised / math.sqrt(2)))
        x = norm(linear(raised, f"{name}.output.dense") + x, f"{name}.output.LayerNorm")
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)


cases = []
for text in TEXTS:
    ids = tokenizer.encode(text).ids
    cases.append({"text": text, "tokens": ids, "vector": [round(float(x), 4) for x in embed(ids)]})
print("[" + ",\n".join(json.dumps(case, ensure_ascii=False, separators=(",", ":")) for case in cases) + "]")
