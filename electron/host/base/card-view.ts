/**
 * What of a machine a process sees that computes: its processors always, and a graphics card's devices and drivers' files where there is one.
 * Written after the drivers' documentation; bwrap with a card was not run by us yet.
 */

export interface CardView {
  /** Files and folders to read. */
  files: readonly string[]
  /** Devices to use. */
  devices: readonly string[]
}

/** How many processors there are, and which belong together: llama.cpp counts threads by it. */
const processorFiles = ['/sys/devices/system']
/** What graphics drivers read: who they are, what the card is, and which of several a distribution chose. */
const cardFiles = [
  ...['/sys', '/etc/alternatives', '/etc/vulkan', '/etc/glvnd', '/etc/OpenCL', '/etc/nvidia'],
  ...['/usr/share/vulkan', '/usr/share/glvnd', '/usr/share/nvidia', '/usr/share/drirc.d', '/usr/share/libdrm'],
  ...['/usr/local/share/vulkan', '/usr/local/etc/vulkan', '/usr/local/cuda', '/opt/rocm', '/opt/amdgpu'],
]
/** Direct rendering (Intel, AMD and others), AMD's computing, NVIDIA's own, and Windows' card under WSL. */
const isCardDevice = /^(?:dri|kfd|dxg|nvidia(?:\d+|ctl|-uvm|-uvm-tools|-modeset|-caps|-caps-imex-channels))$/

/** @param names what there is in /dev */
export function cardView(names: readonly string[]): CardView {
  const devices = names.filter((name) => isCardDevice.test(name)).map((name) => `/dev/${name}`)
  return { files: devices.length > 0 ? cardFiles : processorFiles, devices: devices.sort() }
}
