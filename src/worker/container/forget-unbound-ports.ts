import { type ContainerRuntimeClient, getContainerRuntimeClient } from 'testcontainers'

type Inspection = Awaited<ReturnType<ContainerRuntimeClient['container']['inspect']>>

let done: Promise<void> | undefined

/**
 * Makes testcontainers' client, of which a process has one, pass over ports that are bound to nothing. Podman lists
 * every port that an image declares among the bindings of a container (seen with 4.3), and testcontainers then waits
 * in vain for them to be bound.
 */
export function forgetUnboundPorts(): Promise<void> {
  done ??= getContainerRuntimeClient().then(({ container }) => {
    const inspect = container.inspect.bind(container)
    container.inspect = async each => withoutUnboundPorts(await inspect(each))
  })
  // Another call finds another client where none could be made.
  done.catch(() => {
    done = undefined
  })
  return done
}

function withoutUnboundPorts(inspection: Inspection): Inspection {
  const bindings: Record<string, unknown> = inspection.HostConfig?.PortBindings ?? {}
  const bound = Object.entries(bindings).filter(([, hosts]) => Array.isArray(hosts) && hosts.length > 0)
  return {
    ...inspection,
    HostConfig: { ...inspection.HostConfig, PortBindings: Object.fromEntries(bound) },
  }
}
