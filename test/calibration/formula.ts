/** Evaluates the cost formulas of the oracles: variables, whole numbers, + - * ** and parentheses. */
export function evaluate(formula: string, variables: Readonly<Record<string, number>>): number {
  const tokens = formula.match(/\*\*|[-+*()]|\d+|[A-Za-z]\w*/g) ?? [];
  let position = 0;
  const take = (): string => tokens[position++] ?? '';
  const atom = (): number => {
    const token = take();
    if (token === '(') {
      const value = sum();
      if (take() !== ')') throw new Error(`${formula}: a parenthesis is open`);
      return value;
    }
    const value = /^\d/.test(token) ? Number(token) : variables[token];
    if (value === undefined) throw new Error(`${formula}: there is no ${token}`);
    return value;
  };
  const power = (): number => {
    const base = atom();
    if (tokens[position] !== '**') return base;
    take();
    return base ** power();
  };
  const product = (): number => {
    let value = power();
    while (tokens[position] === '*') {
      take();
      value *= power();
    }
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (tokens[position] === '+' || tokens[position] === '-')
      value += take() === '+' ? product() : -product();
    return value;
  };
  const value = sum();
  if (position !== tokens.length) throw new Error(`${formula}: what is ${tokens[position]}?`);
  return value;
}
