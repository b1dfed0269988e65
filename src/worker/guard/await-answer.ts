/**
 * What the engine answers, or undefined where it does not within `timeoutMs`. A request that is never answered (a lock in
 * the engine, a network that swallows) must not hold a check for ever; it stays open until the process ends.
 */
export async function awaitAnswer<Answer>(
  answer: Promise<Answer>,
  timeoutMs: number,
): Promise<Answer | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), timeoutMs)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
