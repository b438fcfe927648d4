#pragma once

// The devices that networks can be computed on, for the window and the command line.

#include "engine/device/devices.h"
