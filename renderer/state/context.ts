/** How views reach the state: one value, handed down by Svelte's context. */
import { getContext, setContext } from 'svelte'
import type { AppState } from './app.svelte.ts'

const key = Symbol('app')

/** Hands the state down. Call it in the outermost component. */
export function provideApp(app: AppState): void {
  setContext(key, app)
}

/** The state, in any component below. Call it while the component is being made. */
export function useApp(): AppState {
  return getContext<AppState>(key)
}
