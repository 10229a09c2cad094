/** The few functions of jStat that are used; the package brings no types. */
declare module 'jstat' {
  const library: {
    readonly jStat: {
      readonly studentt: { inv(probability: number, degreesOfFreedom: number): number };
      readonly normal: { inv(probability: number, mean: number, deviation: number): number };
    };
  };
  // biome-ignore lint/style/noDefaultExport: the package has no other
  export default library;
}
