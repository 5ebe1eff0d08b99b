"""Real activations of a real model, and the integer products that NumPy makes of them.

Arguments: the model's folder, a folder of ours. Writes there `activations.npy`, one column for each token
of some sentences as it enters the first layer, and for each named weight `NAME.npy`: what its product with
the activations is in integers: weights in steps of 2^-6, activations of 2^-4."""

import sys
from pathlib import Path

import numpy
import safetensors.numpy

model, folder = Path(sys.argv[1]), Path(sys.argv[2])
WEIGHT, ACTIVATION = 6, 4
SENTENCES = [
    "strangers can check the work of each other if their answers are equal to the bit",
    "nothing that was written is lost and nobody has to believe the machine that wrote it",
    "the quick brown fox jumps over the lazy dog",
]
WEIGHTS = ["attention.self.query", "intermediate.dense"]

tensors = safetensors.numpy.load_file(model / "model.safetensors")
words = {word.rstrip("\n"): at for at, word in enumerate(open(model / "vocab.txt", encoding="utf-8"))}


def embedded(sentence):
    ids = [words["[CLS]"]] + [words[word] for word in sentence.split()] + [words["[SEP]"]]
    x = tensors["embeddings.word_embeddings.weight"][ids]
    x = x + tensors["embeddings.position_embeddings.weight"][: len(ids)]
    x = x + tensors["embeddings.token_type_embeddings.weight"][0]
    x = (x - x.mean(axis=1, keepdims=True)) / numpy.sqrt(x.var(axis=1, keepdims=True) + 1e-12)
    x = x * tensors["embeddings.LayerNorm.weight"] + tensors["embeddings.LayerNorm.bias"]
    return x.astype(numpy.float32)


def quantised(x, scale):
    # NumPy's rint rounds halves to even.
    scaled = numpy.rint(x.astype(numpy.float64) * 2.0**scale)
    return numpy.clip(scaled, -128, 127).astype(numpy.int64)


def off(weight, activations, scales, floats):
    product = quantised(weight, scales[0]) @ quantised(activations, scales[1])
    return numpy.abs(product / 2.0 ** sum(scales) - floats).max() / numpy.abs(floats).max()


activations = numpy.ascontiguousarray(numpy.concatenate([embedded(s) for s in SENTENCES]).T)
numpy.save(folder / "activations.npy", activations)
for name in WEIGHTS:
    weight = tensors[f"encoder.layer.0.{name}.weight"]
    product = quantised(weight, WEIGHT) @ quantised(activations, ACTIVATION)
    assert abs(product).max() < 2**31
    numpy.save(folder / f"{name}.npy", product.astype(numpy.int32))
    floats = weight.astype(numpy.float64) @ activations.astype(numpy.float64)
    ours = off(weight, activations, (WEIGHT, ACTIVATION), floats)
    one = min((off(weight, activations, (scale, scale), floats), scale) for scale in range(9))
    print(f"{name}: {weight.shape[0]} x {weight.shape[1]} by {activations.shape[1]} tokens;", end=" ")
    print(f"farthest from the product of floats {ours:.3f} of the largest;", end=" ")
    print(f"at the best scale for both, 2^{one[1]}, {one[0]:.3f}")
