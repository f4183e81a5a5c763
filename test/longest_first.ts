import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The files that take longest, the longest first. On a fresh clone Vitest knows their sizes alone, and one that begins
 * last goes on when all others are through.
 */
const LONGEST = [
  ...["gpu_crash", "playground", "studio", "studio_many", "studio_training", "chromium"].map(
    (name) => `e2e/${name}`,
  ),
  ...["pages", "readme"].map((name) => `package/${name}`),
];

/** Vitest's own order, but for these. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification) => {
      const rank = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return rank < 0 ? LONGEST.length : rank;
    };
    return (await super.sort(files)).sort((a, b) => rankOf(a) - rankOf(b));
  }
}
