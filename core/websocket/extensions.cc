#include "core/websocket/extensions.h"
