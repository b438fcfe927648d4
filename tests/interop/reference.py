"""The papers' formulas in float64, for what diffusers gets wrong, and the denoiser that all samplers are given."""

import numpy
import torch


def formula(x, t, learned_variance=False):
    """The answer of the denoiser; sampler_steps.cpp has the same formula."""
    wide = x.double()
    answer = 0.3 * wide + 0.1 * torch.sin(3 * wide) * numpy.cos(t / 200)
    if learned_variance:
        answer = torch.cat([answer, 0.8 * torch.sin(2 * wide)], dim=1)
    return answer.to(x.dtype)


def alpha_bar(schedule, timesteps, first=1e-4, last=0.02):
    """The schedules that diffusers keeps in float32."""
    if schedule == "linear":
        beta = numpy.linspace(first, last, timesteps)
    elif schedule == "quadratic":
        beta = numpy.linspace(first**0.5, last**0.5, timesteps) ** 2
    elif schedule == "sigmoid_beta":
        beta = (last - first) / (1 + numpy.exp(-numpy.linspace(-6, 6, timesteps))) + first
    elif schedule == "cosine":
        whole = numpy.cos((numpy.arange(timesteps + 1) / timesteps + 0.008) / 1.008 * numpy.pi / 2) ** 2
        beta = numpy.minimum(1 - whole[1:] / whole[:-1], 0.999)
    else:
        raise ValueError(schedule)
    return numpy.cumprod(1 - beta)


def _eps(x, t):
    return formula(torch.from_numpy(x), t).numpy()


def x0_of(x, t, table):
    x = numpy.asarray(x, dtype=numpy.float64)
    return (x - numpy.sqrt(1 - table[t]) * _eps(x, t)) / numpy.sqrt(table[t])


def _levels(plan, table):
    return [*(table[t] for t in plan), 1.0]


def ddim(x, z, plan, table, eta):
    """Song et al. 2021, eq. 12: x after each step."""
    x, levels, states = x.astype(numpy.float64), _levels(plan, table), []
    for i, t in enumerate(plan):
        now, following = levels[i], levels[i + 1]
        eps = _eps(x, t)
        x0 = (x - numpy.sqrt(1 - now) * eps) / numpy.sqrt(now)
        variance = eta**2 * (1 - following) / (1 - now) * (1 - now / following)
        x = numpy.sqrt(following) * x0 + numpy.sqrt(1 - following - variance) * eps + numpy.sqrt(variance) * z[i]
        states.append(x)
    return states


def pndm(x, plan, table):
    """Liu et al. 2022: linear multistep in eps, begun with the mean of the slopes at both ends of the first step."""
    x, levels, states, slopes = x.astype(numpy.float64), _levels(plan, table), [], []
    weights = {2: (3 / 2, -1 / 2), 3: (23 / 12, -16 / 12, 5 / 12), 4: (55 / 24, -59 / 24, 37 / 24, -9 / 24)}

    def move(i, eps):
        now, following = levels[i], levels[i + 1]
        x0 = (x - numpy.sqrt(1 - now) * eps) / numpy.sqrt(now)
        return numpy.sqrt(following) * x0 + numpy.sqrt(1 - following) * eps

    for i, t in enumerate(plan):
        slopes.append(_eps(x, t))
        recent = slopes[:-5:-1]
        if len(recent) == 1:
            slope = (recent[0] + _eps(move(i, recent[0]), plan[i + 1])) / 2
        else:
            slope = sum(weight * eps for weight, eps in zip(weights[len(recent)], recent))
        x = move(i, slope)
        states.append(x)
    return states
