/** Every node that `roots` need, operands before users, each once: the order in which every reader visits a program. */
export function operandsFirst<Node extends object>(
  roots: readonly Node[],
  operandsOf: (node: Node) => readonly Node[],
): Node[] {
  const seen = new Set<Node>();
  const order: Node[] = [];
  const visit = (node: Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const operand of operandsOf(node)) visit(operand);
    order.push(node);
  };
  for (const root of roots) visit(root);
  return order;
}
