// Every test program has an application object, like the programs themselves. Without one, Qt treats the
// first thread that uses it as the main thread. If that is a worker that decodes a picture and ends, Qt
// releases the data of the thread twice, which corrupts the heap.

#include <gtest/gtest.h>

#include <QCoreApplication>

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    const QCoreApplication application(argc, argv);
    return RUN_ALL_TESTS();
}
