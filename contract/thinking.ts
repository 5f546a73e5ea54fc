/** What a model is told of thinking before it answers. Which of these a model can be told, its own template says. */
import { z } from 'zod'

/** Not to, to, or with how little or how much effort, where a template knows levels. */
export const Thinking = z.enum(['off', 'on', 'brief', 'thorough'])
export type Thinking = z.infer<typeof Thinking>
