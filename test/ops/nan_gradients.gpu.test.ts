/** What PyTorch 1.13 gives as gradients where a NaN takes part. */
import { expect, it } from "vitest";
import { F, type Tensor, tensor } from "../../src/autograd/index.ts";

const { NaN: nan } = Number;

async function gradient(values: number[][], loss: (x: Tensor) => Tensor): Promise<number[]> {
  const x = tensor(values, { requiresGrad: true });
  loss(x).backward();
  return [...(await x.grad!.data())];
}

it.each([
  ["amax", (x: Tensor) => x.amax(1).sum()],
  ["amin", (x: Tensor) => x.amin(1).sum()],
])("%s: all of a row with a NaN", async (_, loss) => {
  const rows = [
    [1, nan, 3],
    [2, 2, 2],
  ];
  expect(await gradient(rows, loss)).toEqual([
    nan,
    nan,
    nan,
    ...new Array(3).fill(Math.fround(1 / 3)),
  ]);
});

it("smoothL1Loss and mseLoss: the NaN alone; l1Loss: 0 there", async () => {
  const zeros = tensor([[0, 0, 0]]);
  const row = [[1, nan, 3]];
  const third = Math.fround(1 / 3);
  expect(await gradient(row, (x) => F.smoothL1Loss(x, zeros))).toEqual([third, nan, third]);
  expect(await gradient(row, (x) => F.mseLoss(x, zeros))).toEqual([Math.fround(2 / 3), nan, 2]);
  expect(await gradient(row, (x) => F.l1Loss(x, zeros))).toEqual([third, 0, third]);
});
