/** The result of the work, or an error once it has taken that long; the work itself goes on. */
export async function withTimeout<T>(
  work: Promise<T>,
  ms: number,
  late: Error = new Error(`no answer within ${ms / 1000} s`),
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late), ms)
  })
  try {
    return await Promise.race([work, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
