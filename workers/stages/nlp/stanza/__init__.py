"""Stanza itself (torch): the reference that the ONNX engine is compared with."""
