#include "core/websocket/mask.h"
