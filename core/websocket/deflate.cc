#include "core/websocket/deflate.h"
