/** What this machine computes on, in English. */
import type { Backend, BackendOutcome } from '../../contract/entities.ts'
import type { Format } from './format.ts'

export function hardwareInEnglish(format: Format) {
  return {
    processor: (name: string, cores: number) =>
      format.plural(cores, { one: `${name}, one core`, other: `${name}, ${format.number(cores)} cores` }),
    unnamed: 'Processor',
    sets: 'What the processor can do',
    swap: (total: string, free: string) => `${total} of swap space, ${free} free`,
    mains: 'On mains power',
    mainsCharged: (percent: number) => `On mains power, battery at ${format.number(percent)} %`,
    battery: 'On battery: answers may be slower',
    batteryCharged: (percent: number) => `On battery at ${format.number(percent)} %: answers may be slower`,
    title: 'What answers are computed on',
    names: {
      cpu: 'Processor',
      cuda: 'NVIDIA card (CUDA)',
      vulkan: 'Graphics card (Vulkan)',
      metal: 'Apple graphics (Metal)',
    } satisfies Record<Backend, string>,
    inUse: 'In use',
    outcomes: {
      works: 'Works, and computes correctly.',
      not_installed: 'Not available in this installation, or its driver is missing.',
      no_device: 'No such card in this machine.',
      failed: 'It could not be started, so it is not used.',
      wrong: 'It starts but computes wrongly, so it is not used.',
      crashed: 'It crashed when it was tried. It is left alone until its driver or Alambic changes.',
      hung: 'It did not answer when it was tried. It is left alone until its driver or Alambic changes.',
    } satisfies Record<BackendOutcome, string>,
    device: (name: string) => name,
    cardMemory: (bytes: string) => `${bytes} of it on the graphics card`,
    deviceMemory: (total: string, free: string) => `${total} of its own memory, ${free} free`,
    trying: (name: string) => `Trying ${name}…`,
    tryAgain: 'Try all again',
    details: 'Details',
    driver: (driver: string) => `Driver: ${driver}`,
    choice: 'Compute on',
    choiceNote: 'Whatever is chosen, only what was proved to compute correctly is used; the processor always works.',
    auto: 'The best that works',
  }
}
