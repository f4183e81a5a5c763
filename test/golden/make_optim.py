#!/usr/bin/python3
"""Golden trajectories of optimizers and learning-rate schedules: /usr/bin/python3 test/golden/make_optim.py

Gradients come from weights.py, by name and step; names and options are Graft's. Writes optimizers.json and
schedules.json beside itself.
"""

import torch

import weights
from cases import numbers, write


class Lion(torch.optim.Optimizer):
    """As in the paper (https://arxiv.org/abs/2302.06675): torch has none."""

    def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                direction = torch.sign(b1 * m + (1 - b1) * p.grad)
                p -= group["lr"] * (direction + group["weight_decay"] * p)
                m.mul_(b2).add_(p.grad, alpha=1 - b2)


class LAMB(torch.optim.Optimizer):
    """As in the paper (https://arxiv.org/abs/1904.00962), with φ(z) = z: torch has none."""

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-6, weight_decay=0.01):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                state = self.state[p]
                m, v = state.setdefault("m", torch.zeros_like(p)), state.setdefault("v", torch.zeros_like(p))
                t = state["t"] = state.get("t", 0) + 1
                m.mul_(b1).add_(p.grad, alpha=1 - b1)
                v.mul_(b2).addcmul_(p.grad, p.grad, value=1 - b2)
                direction = (m / (1 - b1**t)) / ((v / (1 - b2**t)).sqrt() + group["eps"]) + group["weight_decay"] * p
                norms = p.norm(), direction.norm()
                ratio = norms[0] / norms[1] if norms[0] > 0 and norms[1] > 0 else 1.0
                p -= group["lr"] * ratio * direction


OWN = {"Lion": Lion, "LAMB": LAMB}


def optimizer(make, name, options, **settings):
    """The parameters after each of some steps, with gradients from weights.py."""
    title = f"{make} {name}"
    shapes = {"a": [5], "b": [3, 2]}
    params = {n: torch.from_numpy(weights.uniform(f"{title}/{n}", tuple(s))).double() for n, s in shapes.items()}
    leaves = [p.requires_grad_() for p in params.values()]
    opt = (OWN.get(make) or getattr(torch.optim, make))(leaves, **settings)
    steps = []
    for step in range(6):
        for n, p in params.items():
            p.grad = torch.from_numpy(weights.uniform(f"{title}/{n}/grad.{step}", tuple(p.shape))).double()
        opt.step()
        steps.append([numbers(p) for p in params.values()])
    return {"optimizer": make, "name": title, "options": options, "params": shapes, "steps": steps}


def optimizers():
    wd = 0.1
    return [
        optimizer("SGD", "plain", {"lr": 0.1}, lr=0.1),
        optimizer("SGD", "momentum", {"lr": 0.1, "momentum": 0.9}, lr=0.1, momentum=0.9),
        optimizer("SGD", "nesterov, decay", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weightDecay": wd}, lr=0.1,
                  momentum=0.9, nesterov=True, weight_decay=wd),
        optimizer("SGD", "dampening, decay", {"lr": 0.1, "momentum": 0.8, "dampening": 0.3, "weightDecay": wd}, lr=0.1,
                  momentum=0.8, dampening=0.3, weight_decay=wd),
        optimizer("Adam", "defaults", {}),
        optimizer("Adam", "decay, eps", {"lr": 0.01, "betas": [0.8, 0.99], "eps": 0.01, "weightDecay": wd}, lr=0.01,
                  betas=(0.8, 0.99), eps=0.01, weight_decay=wd),
        optimizer("Adam", "amsgrad", {"lr": 0.01, "betas": [0.9, 0.5], "amsgrad": True}, lr=0.01, betas=(0.9, 0.5),
                  amsgrad=True),
        optimizer("AdamW", "defaults", {"lr": 0.01}, lr=0.01),
        optimizer("AdamW", "decay, amsgrad", {"lr": 0.01, "betas": [0.9, 0.5], "weightDecay": wd, "amsgrad": True},
                  lr=0.01, betas=(0.9, 0.5), weight_decay=wd, amsgrad=True),
        optimizer("RMSprop", "defaults", {}),
        optimizer("RMSprop", "momentum, decay", {"lr": 0.01, "alpha": 0.9, "momentum": 0.9, "weightDecay": wd}, lr=0.01,
                  alpha=0.9, momentum=0.9, weight_decay=wd),
        optimizer("RMSprop", "centered", {"lr": 0.01, "alpha": 0.8, "eps": 0.001, "centered": True}, lr=0.01, alpha=0.8,
                  eps=0.001, centered=True),
        optimizer("RMSprop", "centered, momentum", {"lr": 0.01, "centered": True, "momentum": 0.5}, lr=0.01,
                  centered=True, momentum=0.5),
        optimizer("Adagrad", "defaults", {}),
        optimizer("Adagrad", "decay of both", {"lr": 0.1, "lrDecay": 0.2, "weightDecay": wd, "initialAccumulatorValue": 0.3,
                  "eps": 0.01}, lr=0.1, lr_decay=0.2, weight_decay=wd, initial_accumulator_value=0.3, eps=0.01),
        # Its other way (foreach=False) multiplies the momentum of a step in twice in torch 1.13, mended since.
        optimizer("NAdam", "defaults", {}, foreach=True),
        optimizer("NAdam", "decay of both", {"lr": 0.01, "betas": [0.8, 0.99], "eps": 0.01, "weightDecay": wd,
                  "momentumDecay": 0.5}, lr=0.01, betas=(0.8, 0.99), eps=0.01, weight_decay=wd, momentum_decay=0.5,
                  foreach=True),
        optimizer("RAdam", "defaults", {}),
        optimizer("RAdam", "decay", {"lr": 0.01, "betas": [0.8, 0.9], "eps": 0.01, "weightDecay": wd}, lr=0.01,
                  betas=(0.8, 0.9), eps=0.01, weight_decay=wd),
        optimizer("Lion", "defaults", {}),
        optimizer("Lion", "decay", {"lr": 0.01, "betas": [0.8, 0.6], "weightDecay": wd}, lr=0.01, betas=(0.8, 0.6),
                  weight_decay=wd),
        optimizer("LAMB", "defaults", {}),
        optimizer("LAMB", "decay", {"lr": 0.01, "betas": [0.8, 0.99], "eps": 0.01, "weightDecay": wd}, lr=0.01,
                  betas=(0.8, 0.99), eps=0.01, weight_decay=wd),
    ]


def momenta(optimizer, args, make, steps=20, schedule="OneCycleLR"):
    """OneCycleLR and CyclicLR cycle momentum, or Adam's first beta: at the start, then after each step."""
    param = torch.zeros(1, requires_grad=True)
    settings = {"momentum": 0.9} if optimizer == "SGD" else {}
    opt = getattr(torch.optim, optimizer)([param], lr=0.1, **settings)
    plan = make(opt)
    read = lambda: opt.param_groups[0]["betas"][0] if "betas" in opt.defaults else opt.param_groups[0]["momentum"]
    values = [read()]
    for _ in range(steps):
        opt.step()
        plan.step()
        values.append(read())
    return {"schedule": schedule, "optimizer": optimizer, "args": args, "momenta": [float(f"{v:.12g}") for v in values]}


def one_cycles():
    s = torch.optim.lr_scheduler
    return [
        momenta("SGD", [{"maxLr": 1, "totalSteps": 21}], lambda o: s.OneCycleLR(o, 1.0, 21)),
        momenta("Adam", [{"maxLr": 1, "totalSteps": 15, "pctStart": 0.4, "baseMomentum": 0.7, "maxMomentum": 0.9}],
                lambda o: s.OneCycleLR(o, 1.0, 15, pct_start=0.4, base_momentum=0.7, max_momentum=0.9), 14),
        momenta("SGD", [{"baseLr": 0.1, "maxLr": 1, "stepSizeUp": 3, "stepSizeDown": 5, "mode": "triangular2"}],
                lambda o: s.CyclicLR(o, 0.1, 1.0, 3, 5, "triangular2"), 20, "CyclicLR"),
    ]


def schedule(name, args, make, steps=20, metrics=None):
    """The learning rates of two groups: at the start, then after each step."""
    params = [torch.zeros(1, requires_grad=True) for _ in range(2)]
    initial = [0.5, 0.02]
    groups = [{"params": [param], "lr": lr} for param, lr in zip(params, initial)]
    opt = torch.optim.SGD(groups, lr=0.1, momentum=0.9)
    plan = make(opt)
    rates = [[g["lr"] for g in opt.param_groups]]
    for step in range(steps):
        opt.step()
        plan.step(metrics[step]) if metrics else plan.step()
        rates.append([g["lr"] for g in opt.param_groups])
    rates = [[float(f"{r:.12g}") for r in pair] for pair in rates]
    result = {"schedule": name, "args": args, "initial": initial, "rates": rates}
    return {**result, "metrics": metrics} if metrics else result


def schedules():
    s = torch.optim.lr_scheduler
    cycle = {"cycle_momentum": False}
    falling = [3, 2.5, 2.4, 2.45, 2.5, 2.39999, 2.6, 2.2, 2.3, 2.3, 2.3, 2.3, 2.3, 2.1, 2.2, 2.2, 2.2, 2.2, 2.2, 2.2]
    rising = [10 - v for v in falling]
    return [
        schedule("StepLR", [4, 0.3], lambda o: s.StepLR(o, 4, 0.3)),
        schedule("StepLR", [7], lambda o: s.StepLR(o, 7)),
        schedule("MultiStepLR", [[3, 8, 9], 0.5], lambda o: s.MultiStepLR(o, [3, 8, 9], 0.5)),
        schedule("ExponentialLR", [0.9], lambda o: s.ExponentialLR(o, 0.9)),
        schedule("CosineAnnealingLR", [20], lambda o: s.CosineAnnealingLR(o, 20)),
        schedule("CosineAnnealingLR", [8, 0.01], lambda o: s.CosineAnnealingLR(o, 8, 0.01), 24),
        schedule("LinearWarmup", [6, 0.1], lambda o: s.LinearLR(o, 0.1, 1.0, 6)),
        schedule("LinearWarmup", [5], lambda o: s.LinearLR(o, 1 / 3, 1.0, 5)),
        schedule("OneCycleLR", [{"maxLr": 1, "totalSteps": 21}], lambda o: s.OneCycleLR(o, 1.0, 21, **cycle)),
        schedule("OneCycleLR",
                 [{"maxLr": [1, 0.1], "totalSteps": 15, "pctStart": 0.4, "divFactor": 10, "finalDivFactor": 100}],
                 lambda o: s.OneCycleLR(o, [1.0, 0.1], 15, pct_start=0.4, div_factor=10, final_div_factor=100, **cycle),
                 14),
        schedule("PolynomialLR", [8, 2], lambda o: s.PolynomialLR(o, 8, 2.0)),
        schedule("PolynomialLR", [], lambda o: s.PolynomialLR(o)),
        schedule("CosineAnnealingWarmRestarts", [5], lambda o: s.CosineAnnealingWarmRestarts(o, 5)),
        schedule("CosineAnnealingWarmRestarts", [{"t0": 3, "tMult": 2, "etaMin": 0.01}],
                 lambda o: s.CosineAnnealingWarmRestarts(o, 3, 2, 0.01), 25),
        schedule("CyclicLR", [{"baseLr": 0.1, "maxLr": 1, "stepSizeUp": 4, "cycleMomentum": False}],
                 lambda o: s.CyclicLR(o, 0.1, 1.0, 4, **cycle)),
        schedule("CyclicLR", [{"baseLr": [0.1, 0.02], "maxLr": [1, 0.3], "stepSizeUp": 3, "stepSizeDown": 5,
                               "mode": "triangular2"}],
                 lambda o: s.CyclicLR(o, [0.1, 0.02], [1.0, 0.3], 3, 5, "triangular2", **cycle)),
        schedule("CyclicLR", [{"baseLr": 0.1, "maxLr": 1, "stepSizeUp": 4, "mode": "exp_range", "gamma": 0.9}],
                 lambda o: s.CyclicLR(o, 0.1, 1.0, 4, mode="exp_range", gamma=0.9, **cycle)),
        schedule("ReduceLROnPlateau", [{"factor": 0.5, "patience": 2}],
                 lambda o: s.ReduceLROnPlateau(o, factor=0.5, patience=2), 20, falling),
        schedule("ReduceLROnPlateau",
                 [{"mode": "max", "factor": 0.5, "patience": 1, "cooldown": 2, "minLr": 0.005, "threshold": 0.01}],
                 lambda o: s.ReduceLROnPlateau(o, "max", 0.5, 1, 0.01, cooldown=2, min_lr=0.005), 20, rising),
    ]


def main():
    write("optimizers.json", optimizers())
    write("schedules.json", schedules())
    write("one_cycle.json", one_cycles())


if __name__ == "__main__":
    main()
