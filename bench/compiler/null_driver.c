/*
 * A Vulkan driver for GPUs that aren't there. It stands in front of Mesa's driver for AMD GPUs (RADV), which compiles for
 * any GPU that RADV_FORCE_FAMILY names but has no memory and no queue then. So memory is the host's here, commands go
 * nowhere and are done at once, and everything else, pipelines above all, is RADV's.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vulkan/vulkan.h>

#define MEMORY_BYTES (16ull << 30)

typedef PFN_vkVoidFunction Function;
typedef Function (*Lookup)(void *, const char *);

/* RADV's own functions. */
static void *radv;
static Lookup instance_function, physical_device_function, device_function;
static PFN_vkGetBufferMemoryRequirements buffer_requirements;
static PFN_vkGetBufferMemoryRequirements2 buffer_requirements2;

static void load(void) {
  if (radv) return;
  const char *path = getenv("GRAFT_RADV");
  radv = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
  if (!radv) {
    fprintf(stderr, "null driver: GRAFT_RADV must name Mesa's libvulkan_radeon.so: %s\n", path ? dlerror() : "it isn't set");
    exit(1);
  }
  instance_function = (Lookup)dlsym(radv, "vk_icdGetInstanceProcAddr");
  physical_device_function = (Lookup)dlsym(radv, "vk_icdGetPhysicalDeviceProcAddr");
}

/* Stands for whatever isn't done: callers pass what they like, and the result is VK_SUCCESS. */
static VkResult nothing(void) { return VK_SUCCESS; }

static VkResult make_handle(VkDevice device, const void *info, const VkAllocationCallbacks *callbacks, uint64_t *handle) {
  static uint64_t last;
  *handle = ++last;
  return VK_SUCCESS;
}

static void memory_properties(VkPhysicalDevice gpu, VkPhysicalDeviceMemoryProperties *properties) {
  memset(properties, 0, sizeof *properties);
  properties->memoryHeapCount = properties->memoryTypeCount = 1;
  properties->memoryHeaps[0] = (VkMemoryHeap){MEMORY_BYTES, VK_MEMORY_HEAP_DEVICE_LOCAL_BIT};
  properties->memoryTypes[0].propertyFlags = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT | VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
                                             VK_MEMORY_PROPERTY_HOST_COHERENT_BIT | VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
}

static void memory_properties2(VkPhysicalDevice gpu, VkPhysicalDeviceMemoryProperties2 *properties) {
  memory_properties(gpu, &properties->memoryProperties);
}

static VkResult allocate(VkDevice device, const VkMemoryAllocateInfo *info, const VkAllocationCallbacks *callbacks,
                         VkDeviceMemory *memory) {
  void *bytes = calloc(1, info->allocationSize);
  *memory = (VkDeviceMemory)(uintptr_t)bytes;
  return bytes ? VK_SUCCESS : VK_ERROR_OUT_OF_DEVICE_MEMORY;
}

static void release(VkDevice device, VkDeviceMemory memory, const VkAllocationCallbacks *callbacks) {
  free((void *)(uintptr_t)memory);
}

static VkResult map(VkDevice device, VkDeviceMemory memory, VkDeviceSize offset, VkDeviceSize size, VkMemoryMapFlags flags,
                    void **data) {
  *data = (char *)(uintptr_t)memory + offset;
  return VK_SUCCESS;
}

static void requirements(VkDevice device, VkBuffer buffer, VkMemoryRequirements *found) {
  buffer_requirements(device, buffer, found);
  found->memoryTypeBits = 1;
}

static void requirements2(VkDevice device, const VkBufferMemoryRequirementsInfo2 *info, VkMemoryRequirements2 *found) {
  buffer_requirements2(device, info, found);
  found->memoryRequirements.memoryTypeBits = 1;
}

static const struct {
  const char *name;
  Function function;
} replaced[] = {
    {"vkGetPhysicalDeviceMemoryProperties", (Function)memory_properties},
    {"vkGetPhysicalDeviceMemoryProperties2", (Function)memory_properties2},
    {"vkGetPhysicalDeviceMemoryProperties2KHR", (Function)memory_properties2},
    {"vkAllocateMemory", (Function)allocate},
    {"vkFreeMemory", (Function)release},
    {"vkMapMemory", (Function)map},
    {"vkUnmapMemory", (Function)nothing},
    {"vkFlushMappedMemoryRanges", (Function)nothing},
    {"vkInvalidateMappedMemoryRanges", (Function)nothing},
    {"vkBindBufferMemory", (Function)nothing},
    {"vkBindBufferMemory2", (Function)nothing},
    {"vkBindBufferMemory2KHR", (Function)nothing},
    {"vkUpdateDescriptorSets", (Function)nothing},
    {"vkCreateFence", (Function)make_handle},
    {"vkCreateSemaphore", (Function)make_handle},
    {"vkDestroyFence", (Function)nothing},
    {"vkDestroySemaphore", (Function)nothing},
    {"vkWaitForFences", (Function)nothing},
    {"vkGetFenceStatus", (Function)nothing},
    {"vkResetFences", (Function)nothing},
    {"vkBeginCommandBuffer", (Function)nothing},
    {"vkEndCommandBuffer", (Function)nothing},
    {"vkResetCommandBuffer", (Function)nothing},
    {"vkResetCommandPool", (Function)nothing},
    {"vkQueueSubmit", (Function)nothing},
    {"vkQueueSubmit2", (Function)nothing},
    {"vkQueueSubmit2KHR", (Function)nothing},
    {"vkQueueWaitIdle", (Function)nothing},
    {"vkDeviceWaitIdle", (Function)nothing},
    {"vkGetQueryPoolResults", (Function)nothing},
};

static Function own(const char *name) {
  if (strncmp(name, "vkCmd", 5) == 0) return (Function)nothing;
  for (size_t i = 0; i < sizeof replaced / sizeof *replaced; i++)
    if (strcmp(name, replaced[i].name) == 0) return replaced[i].function;
  return NULL;
}

static Function device_lookup(void *device, const char *name);

/* What stands before a function of RADV; the function itself where nothing does. */
static Function wrapped(const char *name, Function function, Lookup *next) {
  if (!function) return NULL;
  if (strcmp(name, "vkGetDeviceProcAddr") == 0) {
    if (next) *next = (Lookup)function;
    return (Function)device_lookup;
  }
  if (strcmp(name, "vkGetBufferMemoryRequirements") == 0) {
    buffer_requirements = (PFN_vkGetBufferMemoryRequirements)function;
    return (Function)requirements;
  }
  if (strncmp(name, "vkGetBufferMemoryRequirements2", 30) == 0) {
    buffer_requirements2 = (PFN_vkGetBufferMemoryRequirements2)function;
    return (Function)requirements2;
  }
  return function;
}

static Function device_lookup(void *device, const char *name) {
  Function mine = own(name);
  return mine ? mine : wrapped(name, device_function(device, name), NULL);
}

Function vk_icdGetInstanceProcAddr(void *instance, const char *name) {
  load();
  Function mine = own(name);
  return mine ? mine : wrapped(name, instance_function(instance, name), &device_function);
}

Function vk_icdGetPhysicalDeviceProcAddr(void *instance, const char *name) {
  load();
  Function mine = strncmp(name, "vkGetPhysicalDevice", 19) == 0 ? own(name) : NULL;
  if (mine) return mine;
  return physical_device_function ? physical_device_function(instance, name) : NULL;
}

VkResult vk_icdNegotiateLoaderICDInterfaceVersion(uint32_t *version) {
  load();
  VkResult (*negotiate)(uint32_t *) = (VkResult(*)(uint32_t *))dlsym(radv, "vk_icdNegotiateLoaderICDInterfaceVersion");
  return negotiate(version);
}
