/**
 * Finds barriers that not every thread of a workgroup is sure to reach, without a GPU.
 *
 * A small form of WGSL's uniformity analysis: names that may differ between threads (thread ids, what was read from
 * memory that threads write, and what was computed from those) spread through assignments; control flow that
 * depends on one diverges. It errs on the strict side.
 */
import * as wgsl from "wgsl_reflect/wgsl_reflect.module.js";

const barriers = new Set(["workgroupBarrier", "storageBarrier", "workgroupUniformLoad"]);
const uniformBuiltins = new Set(["workgroup_id", "num_workgroups"]);

/** Every node below (and including) a node of the syntax tree. */
function* nodesIn(part: unknown): Generator<wgsl.Node> {
  if (Array.isArray(part)) {
    for (const item of part) yield* nodesIn(item);
  } else if (part instanceof wgsl.Node) {
    yield part;
    for (const value of Object.values(part)) {
      if (typeof value === "object" && value !== null) yield* nodesIn(value);
    }
  }
}

function calledIn(part: unknown): string[] {
  return [...nodesIn(part)]
    .filter((node) => node instanceof wgsl.Call || node instanceof wgsl.CallExpr)
    .map(({ name }) => name);
}

/** Functions that run a barrier, themselves or through others, and the barriers. */
function withBarriers(functions: readonly wgsl.Function[]): Set<string> {
  const found = new Set(barriers);
  for (let before = 0; before !== found.size; ) {
    before = found.size;
    for (const { name, body } of functions) {
      if (calledIn(body).some((callee) => found.has(callee))) found.add(name);
    }
  }
  return found;
}

class FunctionCheck {
  readonly problems = new Set<number>();
  private exited = false;

  constructor(
    private readonly varying: Set<string>,
    private readonly barriers: Set<string>,
  ) {}

  run(body: readonly wgsl.Statement[]): void {
    for (let before = -1; before !== this.varying.size; ) {
      before = this.varying.size;
      this.exited = false;
      this.block(body, false);
    }
  }

  private varies(expression: unknown): boolean {
    for (const node of nodesIn(expression)) {
      if (node instanceof wgsl.CallExpr && node.name === "workgroupUniformLoad") return false;
      if (node instanceof wgsl.CallExpr && node.name.startsWith("subgroup")) return true;
      if (node instanceof wgsl.VariableExpr && this.varying.has(node.name)) return true;
    }
    return false;
  }

  private block(body: readonly wgsl.Statement[] | null, divergent: boolean): void {
    for (const statement of body ?? []) this.statement(statement, divergent || this.exited);
  }

  private statement(node: wgsl.Statement, divergent: boolean): void {
    if (node instanceof wgsl.If) this.branches(node, divergent);
    else if (node instanceof wgsl.Switch) this.cases(node, divergent);
    else if (node instanceof wgsl.For || node instanceof wgsl.While) this.loop(node, divergent);
    else if (node instanceof wgsl.Loop) this.loopBody(node.body, divergent);
    else this.simple(node, divergent);
  }

  private simple(node: wgsl.Statement, divergent: boolean): void {
    if (node instanceof wgsl.Return && divergent) this.exited = true;
    this.spread(node, divergent);
    if (divergent && calledIn(node).some((name) => this.barriers.has(name))) {
      this.problems.add(node.line);
    }
  }

  private cases(node: wgsl.Switch, divergent: boolean): void {
    const inner = divergent || this.varies(node.condition);
    for (const item of node.cases) this.block(item.body, inner);
  }

  private branches(node: wgsl.If, divergent: boolean): void {
    let inner = divergent || this.varies(node.condition);
    this.block(node.body, inner);
    for (const { condition, body } of node.elseif ?? []) {
      inner ||= this.varies(condition);
      this.block(body, inner);
    }
    this.block(node.else, inner);
  }

  private loop(node: wgsl.For | wgsl.While, divergent: boolean): void {
    if (node instanceof wgsl.For && node.init) this.statement(node.init, divergent);
    const inner = divergent || this.varies(node.condition);
    this.loopBody(node.body, inner);
    if (node instanceof wgsl.For && node.increment) this.statement(node.increment, inner);
  }

  /** A jump that only some threads take makes the rest of every round diverge. */
  private loopBody(body: readonly wgsl.Statement[], divergent: boolean): void {
    this.block(body, divergent || this.jumpsApart(body, false));
  }

  private jumpsApart(body: readonly wgsl.Node[], divergent: boolean): boolean {
    return body.some((node) => {
      if (node instanceof wgsl.Break && node.condition) return this.varies(node.condition);
      if (node instanceof wgsl.Break || node instanceof wgsl.Continue) return divergent;
      if (node instanceof wgsl.For || node instanceof wgsl.While || node instanceof wgsl.Loop) {
        return false; // its jumps are its own
      }
      const condition =
        node instanceof wgsl.If || node instanceof wgsl.ElseIf ? node.condition : null;
      const inner = divergent || this.varies(condition);
      const parts = Object.values(node).filter(Array.isArray);
      return parts.some((part) => this.jumpsApart(part, inner));
    });
  }

  private spread(node: wgsl.Statement, divergent: boolean): void {
    if (node instanceof wgsl.Let || node instanceof wgsl.Var || node instanceof wgsl.Const) {
      if (this.varies(node.value)) this.varying.add(node.name);
    } else if (node instanceof wgsl.Assign) {
      const target = [...nodesIn(node.variable)].find((part) => part instanceof wgsl.VariableExpr);
      if (target && (divergent || this.varies(node.value) || this.varies(node.variable))) {
        this.varying.add(target.name);
      }
    } else if (node instanceof wgsl.Increment && divergent) {
      for (const part of nodesIn(node.variable)) {
        if (part instanceof wgsl.VariableExpr) this.varying.add(part.name);
      }
    }
  }
}

function builtinOf({ attributes }: wgsl.Argument | wgsl.Member): unknown {
  return attributes?.find(({ name }) => name === "builtin")?.value;
}

/** Names of structs that hold nothing but what is the same for all threads of a workgroup. */
function uniformStructs(tree: readonly wgsl.Node[]): Set<string> {
  const structs = tree.filter((node) => node instanceof wgsl.Struct);
  const isUniform = (member: wgsl.Member) => uniformBuiltins.has(String(builtinOf(member)));
  return new Set(structs.filter(({ members }) => members.every(isUniform)).map(({ name }) => name));
}

/** Lines of a WGSL source with a barrier in control flow that may diverge. */
export function divergentBarriers(source: string): number[] {
  const tree = new wgsl.WgslParser().parse(source);
  const functions = tree.filter((node) => node instanceof wgsl.Function);
  const shared = tree
    .filter((node) => node instanceof wgsl.Var)
    .filter(({ storage, access }) => storage !== "uniform" && access !== "read")
    .map(({ name }) => name);
  const barrierNames = withBarriers(functions);
  const structs = uniformStructs(tree);
  return functions.flatMap(({ args, body }) => {
    const own = args.filter(
      (argument) =>
        !uniformBuiltins.has(String(builtinOf(argument))) && !structs.has(argument.type.name),
    );
    const check = new FunctionCheck(
      new Set([...shared, ...own.map(({ name }) => name)]),
      barrierNames,
    );
    check.run(body);
    return [...check.problems];
  });
}
