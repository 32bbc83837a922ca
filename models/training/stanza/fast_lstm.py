"""Train LSTMs over packed sequences faster on a CPU, with the same results.

PyTorch's own backward pass fills a buffer of the whole batch with zeros at every time
step, which makes a step of training quadratic in the length of the sentences. Here the
backward pass is written out: one matrix product a step, all other sums at once.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

Steps = list[tuple[int, int]]  # (first row, rows) of each time step in packed data


class _Recurrence(torch.autograd.Function):
    """One direction of one layer; gates stand in PyTorch's order i, f, g, o."""

    @staticmethod
    def forward(  # noqa: PLR0917  the same
        ctx: Any,
        projected: Tensor,
        weight: Tensor,
        h0: Tensor,
        c0: Tensor,
        steps: Steps,
        reverse: bool,  # noqa: FBT001  autograd passes by position
    ) -> tuple[Tensor, Tensor]:
        size = weight.shape[1]
        gates = torch.empty_like(projected)
        h_before = projected.new_empty(projected.shape[0], size)
        c_before, h, c, c_tanh = (torch.empty_like(h_before) for _ in range(4))
        transposed = weight.t()
        last: tuple[int, int] | None = None
        for start, rows in reversed(steps) if reverse else steps:
            end = start + rows
            known = 0
            if last is not None:
                known = min(rows, last[1])
                h_before[start : start + known] = h[last[0] : last[0] + known]
                c_before[start : start + known] = c[last[0] : last[0] + known]
            if known < rows:
                h_before[start + known : end] = h0[known:rows]
                c_before[start + known : end] = c0[known:rows]
            gate = gates[start:end]
            torch.addmm(projected[start:end], h_before[start:end], transposed, out=gate)
            gate[:, : 2 * size].sigmoid_()
            gate[:, 2 * size : 3 * size].tanh_()
            gate[:, 3 * size :].sigmoid_()
            i, f, g, o = gate.chunk(4, 1)
            now = c[start:end]
            torch.mul(f, c_before[start:end], out=now)
            now.addcmul_(i, g)
            torch.tanh(now, out=c_tanh[start:end])
            torch.mul(o, c_tanh[start:end], out=h[start:end])
            last = start, rows
        ctx.save_for_backward(gates, h_before, c_before, c_tanh, weight)
        ctx.steps = steps if reverse else steps[::-1]
        return h, c

    @staticmethod
    def backward(ctx: Any, *given: Tensor) -> tuple[Tensor | None, ...]:
        d_h, d_c = given
        gates, h_before, c_before, c_tanh, weight = ctx.saved_tensors
        size = weight.shape[1]
        i, f, g, o = gates.chunk(4, 1)
        to_c = o * (1 - c_tanh * c_tanh)
        to_o = c_tanh * o * (1 - o)
        to_ifg = torch.empty(gates.shape[0], 3, size)
        torch.mul(g, i * (1 - i), out=to_ifg[:, 0])
        torch.mul(c_before, f * (1 - f), out=to_ifg[:, 1])
        torch.mul(i, 1 - g * g, out=to_ifg[:, 2])
        d_gates = torch.empty_like(gates)
        width = max(rows for _, rows in ctx.steps)
        h_carried, c_carried = torch.zeros(width, size), torch.zeros(width, size)
        for start, rows in ctx.steps:
            end = start + rows
            dh = d_h[start:end] + h_carried[:rows]
            dc = c_carried[:rows] + d_c[start:end]
            dc.addcmul_(dh, to_c[start:end])
            d_gate = d_gates[start:end]
            torch.mul(
                dc.unsqueeze(1),
                to_ifg[start:end],
                out=d_gate[:, : 3 * size].view(rows, 3, size),
            )
            torch.mul(dh, to_o[start:end], out=d_gate[:, 3 * size :])
            torch.mm(d_gate, weight, out=h_carried[:rows])
            torch.mul(dc, f[start:end], out=c_carried[:rows])
        return d_gates, d_gates.t() @ h_before, h_carried, c_carried, None, None


def forward(
    lstm: nn.LSTM, packed: PackedSequence, hx: tuple[Tensor, Tensor] | None
) -> tuple[PackedSequence, tuple[Tensor, Tensor]]:
    """Do what `nn.LSTM` does for packed sequences that are sorted by length."""
    sizes = packed.batch_sizes.tolist()
    starts = [0]
    for rows in sizes[:-1]:
        starts.append(starts[-1] + rows)
    steps = list(zip(starts, sizes, strict=True))
    directions = 2 if lstm.bidirectional else 1
    if hx is None:
        zeros = packed.data.new_zeros(
            lstm.num_layers * directions, sizes[0], lstm.hidden_size
        )
        hx = zeros, zeros
    # The step at which each sequence ends: where its final state stands.
    ends = torch.empty(sizes[0], dtype=torch.long)
    for start, rows in steps:
        ends[:rows] = torch.arange(start, start + rows)
    data = packed.data
    finals_h, finals_c = [], []
    for layer in range(lstm.num_layers):
        if layer and lstm.dropout:
            data = nn.functional.dropout(data, lstm.dropout, lstm.training)
        outputs = []
        for direction in range(directions):
            index = layer * directions + direction
            w_ih, w_hh, *biases = lstm.all_weights[index]
            bias = biases[0] + biases[1] if biases else None
            h, c = _Recurrence.apply(
                nn.functional.linear(data, w_ih, bias),
                w_hh, hx[0][index], hx[1][index], steps, direction == 1,
            )  # fmt: skip
            outputs.append(h)
            rows_at_end = ends if direction == 0 else torch.arange(sizes[0])
            finals_h.append(h[rows_at_end])
            finals_c.append(c[rows_at_end])
        data = torch.cat(outputs, 1) if directions > 1 else outputs[0]
    return (
        PackedSequence(data, packed.batch_sizes),
        (torch.stack(finals_h), torch.stack(finals_c)),
    )


@contextmanager
def faster() -> Iterator[None]:
    """Let every `nn.LSTM` train the faster way inside; prediction stays PyTorch's."""
    original: Callable[..., Any] = nn.LSTM.forward

    def chosen(self: nn.LSTM, given: Any, hx: Any = None) -> Any:
        if (
            isinstance(given, PackedSequence)
            and given.sorted_indices is None
            and torch.is_grad_enabled()
            and self.training
            and self.proj_size == 0
        ):
            return forward(self, given, hx)
        return original(self, given, hx)

    nn.LSTM.forward = chosen  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        nn.LSTM.forward = original  # type: ignore[method-assign]
