// Every test program has an application object, as the programs themselves do. Without one Qt takes the first
// thread that asks for it (a worker that decodes a picture, and ends) for the main thread, releases that
// thread's data twice and leaves a damaged heap behind.

#include <gtest/gtest.h>

#include <QCoreApplication>

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    const QCoreApplication application(argc, argv);
    return RUN_ALL_TESTS();
}
